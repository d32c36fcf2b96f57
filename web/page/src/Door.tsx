import { Silhouette, words } from "@croquis/react";
import type { FormEvent, ReactNode } from "react";

const DRAWN = ["walking", "hands_on_hips", "three_quarter_left", "arm_raised", "front"];

interface DoorProps {
  title: string;
  lead: string;
  children?: ReactNode;
  /** A form with its own submit button; without it there is only what stands inside. */
  form?: { go: string; busy: boolean; problem: string; told: string; onSubmit: (form: FormData) => void };
  below?: ReactNode;
}

/** What stands before the page: the way in, a new account, a new password. */
export function Door({ title, lead, children, form, below }: DoorProps) {
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    form?.onSubmit(new FormData(event.currentTarget));
  }
  return (
    <main className="door">
      <div className="door-art" aria-hidden="true">
        {DRAWN.map((it) => (
          <Silhouette key={it} pose={it} />
        ))}
      </div>
      <form className="door-form" onSubmit={submit}>
        <p className="brand">{words.appName}</p>
        <h1>{title}</h1>
        <p className="door-lead">{lead}</p>
        {children}
        {form && (
          <>
            <div className="door-said">
              <p role="alert" className="door-problem">
                {form.problem}
              </p>
              <p role="status">{form.told}</p>
            </div>
            <button type="submit" className="door-go" disabled={form.busy}>
              {form.go}
            </button>
          </>
        )}
        {below}
      </form>
    </main>
  );
}

interface InputProps {
  says: string;
  name: "email" | "password";
  autoComplete: string;
  minLength?: number;
}

export function Input({ says, name, ...attributes }: InputProps) {
  return (
    <label>
      <span>{says}</span>
      <input type={name} name={name} required {...attributes} />
    </label>
  );
}
