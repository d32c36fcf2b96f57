-- Rights on tables. Owners read their own rows; nobody, not even the service key, writes a table directly:
-- every change goes through a function. Nothing at all is granted to anon.

do $$
declare
  t text;
begin
  foreach t in array array['consent_texts', 'consents', 'lora_training_jobs', 'training_runs', 'training_photos', 'ai_models',
    'job_events', 'image_orders', 'images', 'prices', 'spend_accounts', 'idempotency_keys', 'provider_attempts',
    'webhook_inbox', 'storage_outbox'] loop
    execute format('alter table public.%I enable row level security', t);
    execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
    execute format('grant select on public.%I to service_role', t);
  end loop;
  foreach t in array array['consents', 'lora_training_jobs', 'training_runs', 'training_photos', 'ai_models',
    'job_events', 'image_orders', 'images', 'spend_accounts'] loop
    execute format('grant select on public.%I to authenticated', t);
    execute format('create policy "owners read their own rows" on public.%I for select to authenticated
      using (owner_id = (select auth.uid()))', t);
  end loop;
end $$;

grant select on public.consent_texts, public.prices to authenticated;
create policy "everybody signed in reads what they would agree to" on public.consent_texts for select to authenticated using (true);
create policy "everybody signed in reads the prices" on public.prices for select to authenticated using (true);

revoke all on all sequences in schema public from public, anon, authenticated, service_role;
revoke execute on all functions in schema public from public, anon, authenticated, service_role;
revoke execute on all functions in schema croquis from public, anon, authenticated, service_role;
grant execute on function public.training_moves() to authenticated, service_role;
