-- Why: what comes due by the clock is found in the database: reminders, mutes and acknowledgements that run out.
-- Safe beside the previous release: yes — columns with defaults, and indices.

-- How often nobody's alert was repeated, and before when it is not repeated again; what a mute kept from its thread.
alter table incident_places add column reminded int not null default 0;
alter table incident_places add column remind_not_before timestamptz;
alter table incident_places add column hid int not null default 0;
create index incident_places_muted on incident_places (muted_until) where muted_until is not null;

-- What was told of an incident in one channel.
create index posts_incident on posts (incident_id, channel);
