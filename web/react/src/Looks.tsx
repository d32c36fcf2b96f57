"use client";
import type { Croquis, Look } from "@croquis/client";
import { useState } from "react";
import { Ask, Dialog } from "./Ask";
import styles from "./Looks.module.css";
import { naming } from "./naming";
import parts from "./parts.module.css";
import { steadyUrl } from "./steadyUrl";
import { Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { words } from "./words";

const SAID = words.looks;

export interface LooksProps {
  croquis: Croquis;
  looks: readonly Look[];
  onChange: () => void;
}

/** The looks that are kept, each with its garments, and why one cannot be worn any more. */
export function Looks({ croquis, looks, onChange }: LooksProps) {
  const [asked, setAsked] = useState<{ look: Look; to: "rename" | "remove" }>();
  const action = useAction();
  const act = (doing: () => Promise<unknown>) => void action.run(() => doing().then(onChange));
  const close = () => setAsked(undefined);
  return (
    <section className={styles.looks} aria-label={SAID.title}>
      <header>
        <h2>{SAID.title}</h2>
        <p className={parts.note}>{looks.length > 0 ? SAID.lead : SAID.empty}</p>
      </header>
      <Trouble error={action.error} />
      <ul className={styles.list}>
        {looks.map((look) => (
          <li key={look.id} className={styles.look}>
            <LookPictures look={look} />
            <h3>{look.name}</h3>
            {look.against.map((it) => (
              <p key={it} className={parts.bad}>
                {naming(look.garments)(it)}
              </p>
            ))}
            <div className={parts.row}>
              <button
                type="button"
                className={parts.link}
                aria-label={SAID.rename(look.name)}
                onClick={() => setAsked({ look, to: "rename" })}
              >
                {words.models.rename}
              </button>
              <button
                type="button"
                className={parts.link}
                aria-label={SAID.remove(look.name)}
                onClick={() => setAsked({ look, to: "remove" })}
              >
                {words.garments.remove}
              </button>
            </div>
          </li>
        ))}
      </ul>
      {asked?.to === "remove" && (
        <Ask
          title={SAID.remove(asked.look.name)}
          question={SAID.removeAsk}
          yes={words.garments.remove}
          onYes={() => act(() => croquis.looks.remove(asked.look.id))}
          onClose={close}
        />
      )}
      {asked?.to === "rename" && (
        <Dialog title={SAID.rename(asked.look.name)} onClose={close}>
          <form
            className={parts.stack}
            onSubmit={(event) => {
              event.preventDefault();
              const name = String(new FormData(event.currentTarget).get("name")).trim();
              if (name) act(() => croquis.looks.change(asked.look.id, { name }));
              close();
            }}
          >
            <label className={parts.field}>
              <span className={parts.label}>{SAID.name}</span>
              <input name="name" maxLength={80} defaultValue={asked.look.name} autoComplete="off" />
            </label>
            <button type="submit" className={parts.primary}>
              {words.save}
            </button>
          </form>
        </Dialog>
      )}
    </section>
  );
}

/** The garments of a look, side by side. */
export function LookPictures({ look }: { look: Look }) {
  return (
    <div className={styles.pictures}>
      {look.garments.map((it) =>
        it.thumbnail_url ? (
          <img key={it.id} src={steadyUrl(it.thumbnail_url)} alt={it.name} title={it.name} loading="lazy" />
        ) : (
          <span key={it.id}>{it.name}</span>
        ),
      )}
    </div>
  );
}
