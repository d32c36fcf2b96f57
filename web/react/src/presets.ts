import type { Schemas } from "@croquis/client";

export type Preset = Schemas["Preset"];
export type Resolution = NonNullable<Schemas["RunParameters"]["resolution"]>;

export const PRESETS: readonly Preset[] = ["full", "compact", "identity"];
export const RESOLUTIONS: readonly Resolution[] = ["512", "768", "1024", "512,768", "768,1024", "512,768,1024"];

interface Values {
  steps: number;
  lora_rank: number;
  learning_rate: number;
  resolution: Resolution;
  caption_dropout_rate: number;
}

/** A preset, and what its owner wants otherwise. */
export type Parameters = { preset: Preset } & Partial<Values>;

const COMMON = { resolution: "768,1024" as const, caption_dropout_rate: 0.05 };

/** What the API fills in where nothing is named. */
export const DEFAULTS: Record<Preset, Values> = {
  full: { ...COMMON, steps: 1000, lora_rank: 16, learning_rate: 0.0004 },
  compact: { ...COMMON, steps: 1000, lora_rank: 48, learning_rate: 0.0004 },
  identity: { ...COMMON, steps: 2000, lora_rank: 32, learning_rate: 0.0001 },
};

const MEGABYTES_PER_RANK = { full: 10.74, compact: 0.1475, identity: 10.74 };

/** What the weights will weigh. */
export function megabytes({ preset, lora_rank = DEFAULTS[preset].lora_rank }: Parameters): number {
  return Math.round(MEGABYTES_PER_RANK[preset] * lora_rank);
}
