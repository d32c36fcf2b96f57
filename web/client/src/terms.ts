import type { SupabaseClient } from "@supabase/supabase-js";
import { Unreachable } from "./problems";

/** What a list tells of a training beside its name. */
export interface Terms {
  /** The last day of its consent; null: until it is withdrawn. */
  valid_until: string | null;
  /** What its runs have cost until now. */
  paid_usd: number;
}

interface Job {
  id: string;
  consent_id: string;
  training_runs: { actual_usd: number | null }[];
}

interface Form {
  id: string;
  renews: string | null;
  valid_until: string | null;
}

/** By the id of the training, of the newest thousand: two questions to the tables in place of two calls for each. */
export async function terms(supabase: SupabaseClient): Promise<ReadonlyMap<string, Terms>> {
  const [jobs, forms] = await Promise.all([
    supabase
      .from("lora_training_jobs")
      .select("id, consent_id, training_runs(actual_usd)")
      .order("created_at", { ascending: false }),
    supabase.from("consents").select("id, renews, valid_until").is("withdraws", null).order("number"),
  ]);
  if (!jobs.data || !forms.data) throw new Unreachable(jobs.status || undefined);
  const last = new Map((forms.data as Form[]).map((it) => [it.renews ?? it.id, it.valid_until])); // the newest form counts
  return new Map(
    (jobs.data as Job[]).map(({ id, consent_id, training_runs }) => {
      const paid_usd = training_runs.reduce((sum, it) => sum + Number(it.actual_usd ?? 0), 0);
      return [id, { valid_until: last.get(consent_id) ?? null, paid_usd }];
    }),
  );
}
