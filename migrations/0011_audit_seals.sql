-- Why: whoever may write to the database could change the trail unnoticed. Its rows are sealed in batches, each seal over the one before,
-- so that a change, a removal or an insertion shows (docs/decisions/0013-audit-seals.md). Rows are written without waiting for a seal.
-- Safe beside the previous release: yes — its rows are queued by the trigger too.
create table audit_unsealed (
  seq bigint primary key
);
create function audit_queue_seal() returns trigger language plpgsql as
$$ begin insert into audit_unsealed (seq) values (new.seq); return null; end $$;
create trigger audit_queue after insert on audit for each row execute function audit_queue_seal();
-- After the trigger, whose lock lets no row slip between the two.
insert into audit_unsealed (seq) select seq from audit;

create table audit_seals (
  no bigint primary key,
  -- which rows; commits come in another order than their numbers, so a seal may hold gaps that the next one fills
  seqs int8multirange not null,
  rows int not null,
  previous text not null,
  hash text not null,
  sealed_at timestamptz not null
);
create trigger audit_seals_append_only before update or delete on audit_seals
  for each row execute function audit_is_append_only();
