"use client";
import { ApiProblem, NotSent, SessionOver, Unreachable } from "@croquis/client";
import { useSyncExternalStore } from "react";
import { asItIs, type Naming } from "./naming";
import parts from "./parts.module.css";
import { words } from "./words";

interface TroubleProps {
  error: unknown;
  again?: (() => void) | undefined;
  named?: Naming;
}

/** What went wrong and what to do, in sentences; nothing while nothing is wrong. */
export function Trouble({ error, again, named = asItIs }: TroubleProps) {
  if (!error) return null;
  const { sentence, hint } = said(error);
  return (
    <div role="alert" className={parts.trouble}>
      <p>
        <strong>{named(sentence)}</strong> {named(hint)}
      </p>
      {error instanceof ApiProblem && error.fields.length > 0 && (
        <ul>
          {error.fields.map((it) => (
            <li key={it.field}>{it.problem}</li>
          ))}
        </ul>
      )}
      {error instanceof ApiProblem && error.status >= 500 && <p>{words.askUs(error.requestId)}</p>}
      {again && (
        <button type="button" className={parts.plain} onClick={again}>
          {words.again}
        </button>
      )}
    </div>
  );
}

/** What is wrong, and what to do: the API's own sentences, else ours. */
export function said(error: unknown): { sentence: string; hint: string } {
  const { errors } = words;
  if (error instanceof ApiProblem) return { sentence: error.message, hint: error.hint };
  if (error instanceof SessionOver) return { sentence: words.account.ended, hint: "" };
  if (error instanceof NotSent) return { sentence: error.again ? errors.lineLost : errors.notTaken, hint: "" };
  if (!(error instanceof Unreachable)) return { sentence: errors.unknown, hint: errors.unknownHint };
  return {
    sentence: error.status ? errors.cannotAnswer(error.status) : errors.unreachable,
    hint: words.unreachable,
  };
}

/** In place of a view: that there is nothing under this address, or what went wrong. */
export function Missing({ error, again }: { error: unknown; again: () => void }) {
  if (error instanceof ApiProblem && error.status === 404) {
    return (
      <header>
        <h1>{words.models.notFound}</h1>
        <p>{words.models.notFoundMore}</p>
      </header>
    );
  }
  const { sentence, hint } = said(error);
  return (
    <div role="alert" className={parts.stack}>
      <h1>{sentence}</h1>
      <p>{hint}</p>
      {error instanceof ApiProblem && error.status >= 500 && <p>{words.askUs(error.requestId)}</p>}
      <button type="button" className={parts.primary} onClick={again}>
        {words.again}
      </button>
    </div>
  );
}

/** A quiet place of the size of what comes, so that nothing moves when it is there. */
export function Loading({ tall = false }: { tall?: boolean }) {
  return (
    <div className={tall ? parts.loadingTall : parts.loading} role="status" aria-label={words.loading}>
      <span aria-hidden="true">{words.loading}</span>
    </div>
  );
}

/** A line at the top while there is no network. */
export function Offline() {
  const online = useSyncExternalStore(
    listen,
    () => navigator.onLine,
    () => true,
  );
  return (
    <div role="status" className={online ? parts.hidden : parts.offline}>
      {online ? "" : words.offline}
    </div>
  );
}

function listen(changed: () => void): () => void {
  addEventListener("online", changed);
  addEventListener("offline", changed);
  return () => {
    removeEventListener("online", changed);
    removeEventListener("offline", changed);
  };
}
