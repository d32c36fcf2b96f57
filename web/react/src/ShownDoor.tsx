"use client";
import type { Schemas, Shown } from "@croquis/client";
import { ApiProblem } from "@croquis/client";
import { useCallback, useEffect, useState } from "react";
import { Ask } from "./Ask";
import parts from "./parts.module.css";
import styles from "./ShownDoor.module.css";
import { steadyUrl } from "./steadyUrl";
import { day, published, until } from "./term";
import { Loading, Missing, Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { words } from "./words";

const SAID = words.shown;

/** What the person in the photos sees behind their link: the pictures of them, what they agreed to, and the way out. */
export function ShownDoor({ shown }: { shown: Shown }) {
  const [view, setView] = useState<Schemas["ShownView"]>();
  const [asked, setAsked] = useState(false);
  const reading = useAction();
  const action = useAction();
  const read = useCallback(() => void reading.run(async () => setView(await shown.read())), [shown, reading.run]);
  useEffect(read, [read]);
  const act = (doing: () => Promise<unknown>) => void action.run(() => doing().then(read));
  const more = () =>
    void reading.run(async () => {
      const page = await shown.read(view?.next ?? undefined);
      setView((before) => before && { ...page, images: [...before.images, ...page.images] });
    });

  if (reading.error instanceof ApiProblem && reading.error.code === "link_not_valid") {
    return (
      <header>
        <h1>{SAID.invalid}</h1>
        <p>{SAID.invalidMore}</p>
      </header>
    );
  }
  if (!view) return reading.error ? <Missing error={reading.error} again={read} /> : <Loading tall />;
  const { consent } = view;
  const uses = consent.uses.map((it) => words.models.uses[it]).join(", ");
  return (
    <div className={styles.door}>
      <header>
        <h1>{SAID.title}</h1>
        <p className={styles.lead}>
          {SAID.usedBy(view.used_by)} {SAID.uses}: {uses}, {until(consent.valid_until)}. {published(consent)}
        </p>
        {consent.withdrawn_at && <p className={parts.bad}>{words.models.withdrawn(day(consent.withdrawn_at))}</p>}
      </header>
      <Trouble error={action.error} />
      {view.images.length === 0 && <p>{SAID.none}</p>}
      <ul className={styles.grid}>
        {view.images.map((it) => (
          <ShownPicture
            key={it.id}
            picture={it}
            asks={consent.ask_shown_person}
            busy={action.busy}
            onDecide={(decision) => act(() => shown.decide(it.id, decision))}
          />
        ))}
      </ul>
      {view.next && (
        <button type="button" className={parts.plain} onClick={more}>
          {words.gallery.more}
        </button>
      )}
      <details className={styles.text}>
        <summary>{SAID.text}</summary>
        {view.text.split("\n").map((it) => (
          <p key={it}>{it}</p>
        ))}
      </details>
      {!consent.withdrawn_at && (
        <div>
          <button type="button" className={parts.danger} onClick={() => setAsked(true)}>
            {SAID.withdraw}
          </button>
        </div>
      )}
      {asked && (
        <Ask
          title={SAID.withdraw}
          question={SAID.withdrawAsk}
          yes={SAID.withdraw}
          onYes={() => act(() => shown.withdraw())}
          onClose={() => setAsked(false)}
        />
      )}
    </div>
  );
}

interface ShownPictureProps {
  picture: Schemas["ShownImageView"];
  asks: boolean;
  busy: boolean;
  onDecide: (decision: Schemas["ShownDecision"]) => void;
}

function ShownPicture({ picture, asks, busy, onDecide }: ShownPictureProps) {
  const refused = picture.shown_decision === "refuse";
  return (
    <li>
      <div
        className={styles.frame}
        data-refused={refused}
        style={{ aspectRatio: `${picture.width} / ${picture.height}` }}
      >
        {picture.url && <img src={steadyUrl(picture.url)} alt={day(picture.created_at)} loading="lazy" />}
      </div>
      {refused && <p className={parts.note}>{SAID.refused}</p>}
      {asks && (
        <div className={parts.row}>
          <button
            type="button"
            className={parts.link}
            aria-pressed={picture.shown_decision === "approve"}
            disabled={busy}
            onClick={() => onDecide("approve")}
          >
            {SAID.approve}
          </button>
          <button
            type="button"
            className={parts.link}
            aria-pressed={refused}
            disabled={busy}
            onClick={() => onDecide("refuse")}
          >
            {SAID.refuse}
          </button>
        </div>
      )}
    </li>
  );
}
