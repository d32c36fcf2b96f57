-- Rights on tables. Owners read their own rows; nobody, not even the service key, writes a table directly: every change
-- goes through a function. Nothing at all is granted to anon. A new table is closed, so what is not listed here is read
-- by nobody.

-- Workers read everything.

grant select on
  public.consent_texts,
  public.consents,
  public.lora_training_jobs,
  public.training_runs,
  public.training_logs,
  public.training_photos,
  public.photo_declarations,
  public.ai_models,
  public.job_events,
  public.image_orders,
  public.images,
  public.prices,
  public.spend_accounts,
  public.idempotency_keys,
  public.provider_attempts,
  public.provider_runs,
  public.ledger_entries,
  public.webhook_inbox,
  public.storage_outbox
to service_role;

alter table public.idempotency_keys enable row level security;
alter table public.provider_attempts enable row level security;
alter table public.provider_runs enable row level security;
alter table public.webhook_inbox enable row level security;
alter table public.storage_outbox enable row level security;

-- Everybody signed in reads what all have in common.

grant select on public.consent_texts, public.prices to authenticated;

alter table public.consent_texts enable row level security;
create policy "everybody signed in reads what they would agree to" on public.consent_texts
  for select to authenticated using (true);

alter table public.prices enable row level security;
create policy "everybody signed in reads the prices" on public.prices
  for select to authenticated using (true);

-- Owners read their own rows.

grant select on
  public.consents,
  public.lora_training_jobs,
  public.training_runs,
  public.training_logs,
  public.training_photos,
  public.photo_declarations,
  public.ai_models,
  public.job_events,
  public.image_orders,
  public.images,
  public.spend_accounts,
  public.ledger_entries
to authenticated;

alter table public.consents enable row level security;
create policy "owners read their own rows" on public.consents
  for select to authenticated using (public.may_act(owner_id));

alter table public.lora_training_jobs enable row level security;
create policy "owners read their own rows" on public.lora_training_jobs
  for select to authenticated using (public.may_act(owner_id));

alter table public.training_runs enable row level security;
create policy "owners read their own rows" on public.training_runs
  for select to authenticated using (public.may_act(owner_id));

alter table public.training_logs enable row level security;
create policy "owners read their own rows" on public.training_logs
  for select to authenticated using (public.may_act(owner_id));

alter table public.training_photos enable row level security;
create policy "owners read their own rows" on public.training_photos
  for select to authenticated using (public.may_act(owner_id));

alter table public.photo_declarations enable row level security;
create policy "owners read their own rows" on public.photo_declarations
  for select to authenticated using (public.may_act(owner_id));

alter table public.ai_models enable row level security;
create policy "owners read their own rows" on public.ai_models
  for select to authenticated using (public.may_act(owner_id));

alter table public.job_events enable row level security;
create policy "owners read their own rows" on public.job_events
  for select to authenticated using (public.may_act(owner_id));

alter table public.image_orders enable row level security;
create policy "owners read their own rows" on public.image_orders
  for select to authenticated using (public.may_act(owner_id));

alter table public.images enable row level security;
create policy "owners read their own rows" on public.images
  for select to authenticated using (public.may_act(owner_id));

alter table public.spend_accounts enable row level security;
create policy "owners read their own rows" on public.spend_accounts
  for select to authenticated using (public.may_act(owner_id));

alter table public.ledger_entries enable row level security;
create policy "owners read their own rows" on public.ledger_entries
  for select to authenticated using (public.may_act(owner_id));
