"use client";
import type { Schemas } from "@croquis/client";
import { useEffect, useState } from "react";
import parts from "./parts.module.css";
import styles from "./Settings.module.css";
import { DEFAULTS, megabytes, type Parameters, type Preset, PRESETS, RESOLUTIONS } from "./presets";
import { Trouble } from "./Trouble";
import { words } from "./words";

const SAID = words.settings;
const PAUSE = 350; // ms after the last change before the price is asked for

export interface SettingsProps {
  parameters: Parameters;
  /** What a run of each preset costs as it is. */
  quotes: readonly Schemas["QuoteView"][];
  onChange: (parameters: Parameters) => void;
  /** What the run would be, without spending: for a first run or a retry. */
  tryOut: (parameters: Parameters) => Promise<Schemas["DryRunView"]>;
  onEstimate: (estimate: Schemas["DryRunView"] | undefined) => void;
}

/** Presets and advanced settings in plain words, with the price, the minutes and the size as they change. */
export function Settings({ parameters, quotes, onChange, tryOut, onEstimate }: SettingsProps) {
  const { estimate, error } = useEstimate(parameters, tryOut, onEstimate);
  const { preset } = parameters;
  return (
    <section className={styles.settings} aria-label={SAID.title}>
      <h2>{SAID.title}</h2>
      <div className={styles.presets} role="radiogroup" aria-label={SAID.title}>
        {PRESETS.map((it) => (
          <label key={it} className={styles.preset}>
            <input type="radio" name="preset" checked={preset === it} onChange={() => onChange({ preset: it })} />
            <strong>{SAID.presets[it][0]}</strong>
            <span>{SAID.presets[it][1]}</span>
            <Quote preset={it} quote={quotes.find(({ preset: of }) => of === it)} />
          </label>
        ))}
      </div>
      <details className={styles.advanced}>
        <summary>{SAID.advanced}</summary>
        <Advanced parameters={parameters} onChange={onChange} />
      </details>
      <p className={styles.estimate} role="status">
        {estimate
          ? SAID.estimate(estimate.expected_usd, estimate.minutes.expected, megabytes(parameters), likely(estimate))
          : SAID.pricing}
      </p>
      {estimate?.advice.map((it) => (
        <p key={it.code} className={parts.note}>
          <strong>{it.sentence}</strong> {it.hint}
        </p>
      ))}
      <Trouble error={error} />
    </section>
  );
}

function likely({ minutes: { low, high } }: Schemas["DryRunView"]): string | undefined {
  return low === null || high === null ? undefined : SAID.likely(low, high);
}

function Quote({ preset, quote }: { preset: Preset; quote: Schemas["QuoteView"] | undefined }) {
  if (!quote) return null;
  return <span>{SAID.estimate(quote.expected_usd, quote.expected_minutes, megabytes({ preset }))}</span>;
}

function Advanced({ parameters, onChange }: Pick<SettingsProps, "parameters" | "onChange">) {
  const { preset } = parameters;
  const values = { ...DEFAULTS[preset], ...parameters };
  const set = (change: Partial<Parameters>) => onChange({ ...parameters, ...change });
  return (
    <div className={styles.fields}>
      <Range
        says={SAID.steps}
        value={values.steps}
        min={100}
        max={3000}
        step={50}
        onChange={(steps) => set({ steps })}
      />
      <Range
        says={SAID.rank}
        value={values.lora_rank}
        min={1}
        max={64}
        step={1}
        onChange={(it) => set({ lora_rank: it })}
      />
      <label className={parts.field}>
        <span className={parts.label}>{SAID.rate[0]}</span>
        <select value={values.learning_rate} onChange={({ target }) => set({ learning_rate: Number(target.value) })}>
          {[0.00005, 0.0001, 0.0002, 0.0004, 0.0008].map((it) => (
            <option key={it} value={it}>
              {it}
            </option>
          ))}
        </select>
        <span className={parts.note}>{SAID.rate[1]}</span>
      </label>
      <label className={parts.field}>
        <span className={parts.label}>{SAID.resolution[0]}</span>
        <select
          value={values.resolution}
          onChange={({ target }) => set({ resolution: target.value as (typeof RESOLUTIONS)[number] })}
        >
          {RESOLUTIONS.map((it) => (
            <option key={it} value={it}>
              {it.replaceAll(",", " + ")} px
            </option>
          ))}
        </select>
        <span className={parts.note}>{SAID.resolution[1]}</span>
      </label>
      <Range
        says={SAID.dropout}
        value={values.caption_dropout_rate}
        min={0}
        max={0.5}
        step={0.05}
        onChange={(it) => set({ caption_dropout_rate: it })}
      />
      <button type="button" className={parts.link} onClick={() => onChange({ preset })}>
        {SAID.reset}
      </button>
    </div>
  );
}

interface RangeProps {
  says: readonly string[];
  value: number;
  min: number;
  max: number;
  step: number;
  onChange: (value: number) => void;
}

function Range({ says: [name, hint], value, onChange, ...range }: RangeProps) {
  return (
    <label className={parts.field}>
      <span className={styles.named}>
        <span className={parts.label}>{name}</span>
        <b>{value}</b>
      </span>
      <input type="range" {...range} value={value} onChange={({ target }) => onChange(Number(target.value))} />
      <span className={parts.note}>{hint}</span>
    </label>
  );
}

function useEstimate(parameters: Parameters, tryOut: SettingsProps["tryOut"], onEstimate: SettingsProps["onEstimate"]) {
  const [estimate, setEstimate] = useState<Schemas["DryRunView"]>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let stale = false;
    const ask = async () => {
      try {
        const found = await tryOut(parameters);
        if (stale) return;
        setEstimate(found);
        setError(undefined);
        onEstimate(found);
      } catch (failed) {
        if (!stale) setError(failed);
      }
    };
    onEstimate(undefined);
    const timer = setTimeout(() => void ask(), PAUSE);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [parameters, tryOut, onEstimate]);
  return { estimate, error };
}
