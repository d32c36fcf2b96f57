"use client";
import type { Croquis, Schemas } from "@croquis/client";
import { useCallback, useEffect, useId, useState } from "react";
import styles from "./Generate.module.css";
import parts from "./parts.module.css";
import { Picture } from "./Picture";
import { Refusals } from "./Refusals";
import { Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { useDryRun } from "./useDryRun";
import { useOrder } from "./useOrder";
import { orderAnswered, orderKey } from "./orderKey";
import { words } from "./words";

const SAID = words.generate;
const CHOICES = Object.keys(SAID.choices) as (keyof typeof SAID.choices)[];
const FRAMINGS = Object.keys(words.review.framing) as Schemas["Framing"][];

type Wish = Schemas["GenerateImages"];

export interface GenerateProps {
  croquis: Croquis;
  modelId: string;
  /** Pictures were ordered, or one of them is there. */
  onPictures: () => void;
}

/** Orders pictures: a scene, chips that fill in words, or one's own prompt; what is ordered fills up below. */
export function Generate({ croquis, modelId, onPictures }: GenerateProps) {
  const [wish, setWish] = useState<Wish>({ count: 2 });
  const [scenes, setScenes] = useState<readonly Schemas["SceneView"][]>([]);
  const [order, setOrder] = useState<Schemas["ImageOrderView"]>();
  const tryOut = useCallback((it: Wish) => croquis.models.tryOrder(modelId, asked(it)), [croquis, modelId]);
  const { price, dryRun, error: refused } = useDryRun(tryOut, wish);
  const action = useAction();
  useEffect(() => {
    croquis.models.scenes().then(setScenes, () => undefined); // without them there are still all words
  }, [croquis]);
  useOrder(croquis, order, { onOrder: setOrder, onPictures });

  const change = (to: Wish) => setWish({ ...wish, ...to });

  function make(): void {
    const order = asked(wish);
    void action.run(async () => {
      setOrder(await croquis.models.order(modelId, order, orderKey(modelId, order)));
      orderAnswered(modelId, order);
      onPictures();
    });
  }

  return (
    <section className={styles.generate} aria-label={SAID.title}>
      <h2>{SAID.title}</h2>
      <Scenes scenes={scenes} chosen={wish.scene ?? null} onChoose={(scene) => change({ scene })} />
      {CHOICES.map((it) => (
        <Choice
          key={it}
          name={it}
          value={wish[it] ?? ""}
          disabled={Boolean(wish.prompt)}
          onChange={(says) => change({ [it]: says })}
        />
      ))}
      <label className={parts.field}>
        <span className={parts.label}>{SAID.own}</span>
        <textarea
          rows={2}
          maxLength={1000}
          value={wish.prompt ?? ""}
          onChange={({ currentTarget }) => change({ prompt: currentTarget.value })}
        />
        <span className={parts.note}>{SAID.ownHint}</span>
      </label>
      <div className={styles.numbers}>
        <label className={parts.field}>
          <span className={parts.label}>{SAID.framing}</span>
          <select
            value={wish.framing ?? "full_body"}
            onChange={({ target }) => change({ framing: target.value as Schemas["Framing"] })}
          >
            {FRAMINGS.map((it) => (
              <option key={it} value={it}>
                {words.review.framing[it]}
              </option>
            ))}
          </select>
        </label>
        <label className={parts.field}>
          <span className={parts.label}>{SAID.count}</span>
          <input
            type="number"
            min={1}
            max={8}
            value={wish.count ?? 1}
            onChange={({ target }) => change({ count: Math.min(8, Math.max(1, Number(target.value))) })}
          />
        </label>
        <label className={parts.field}>
          <span className={parts.label}>{SAID.seed}</span>
          <input
            inputMode="numeric"
            pattern="[0-9]*"
            value={wish.seed ?? ""}
            onChange={({ target }) => change({ seed: /^\d+$/.test(target.value) ? Number(target.value) : null })}
          />
        </label>
      </div>
      <Refusals dryRun={dryRun} />
      <Trouble error={action.error ?? refused} />
      <button
        type="button"
        className={parts.primary}
        disabled={!dryRun || dryRun.refusals.length > 0 || action.busy}
        onClick={make}
      >
        {SAID.go(wish.count ?? 1, price)}
      </button>
      {order && (
        <div className={styles.order} aria-live="polite">
          {order.images.map((it) => (
            <Picture key={it.id} picture={it} name={it.prompt} />
          ))}
        </div>
      )}
    </section>
  );
}

interface ScenesProps {
  scenes: readonly Schemas["SceneView"][];
  chosen: Schemas["SceneName"] | null;
  onChoose: (scene: Schemas["SceneName"] | null) => void;
}

function Scenes({ scenes, chosen, onChoose }: ScenesProps) {
  const group = useId();
  const all = [{ name: null, title: SAID.noScene }, ...scenes];
  return (
    <fieldset className={styles.scenes}>
      <legend className={parts.label}>{SAID.scene}</legend>
      <div className={parts.chips}>
        {all.map(({ name, title }) => (
          <label key={title} className={parts.chip}>
            <input type="radio" name={group} checked={chosen === name} onChange={() => onChoose(name)} />
            <span>{title}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface ChoiceProps {
  name: keyof typeof SAID.choices;
  value: string;
  disabled: boolean;
  onChange: (says: string) => void;
}

function Choice({ name, value, disabled, onChange }: ChoiceProps) {
  const [label, suggestions] = SAID.choices[name];
  return (
    <div className={styles.choice}>
      <label className={parts.field}>
        <span className={parts.label}>{label}</span>
        <input value={value} disabled={disabled} onChange={({ currentTarget }) => onChange(currentTarget.value)} />
      </label>
      <div className={parts.chips}>
        {suggestions.map((it) => (
          <button
            key={it}
            type="button"
            className={styles.suggestion}
            disabled={disabled}
            aria-pressed={value === it}
            onClick={() => onChange(value === it ? "" : it)}
          >
            {it}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Without what was left empty; a prompt stands in place of the choices. */
function asked(wish: Wish): Wish {
  const filled = Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== "" && value !== null)) as Wish;
  if (!filled.prompt) return filled;
  for (const it of CHOICES) delete filled[it];
  delete filled.scene;
  return filled;
}
