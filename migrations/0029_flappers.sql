-- Why: several pipelines of one incident may flap; which of them is shown, and which failures keep silent, must not depend on the
-- order in which they were heard. `flapping` stays the one that is shown.
-- Safe beside the previous release: yes — a nullable column; what the previous release marks meanwhile is told once more.

-- an array of src/domain/flapping.ts, the one that is restless longest first
alter table incidents add column flappers jsonb;
update incidents set flappers = jsonb_build_array(flapping) where flapping is not null;
