"use client";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import parts from "./parts.module.css";
import { words } from "./words";

const SAID = words.open;
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const NO_COUNTRIES = ["EU", "EZ", "UN", "XA", "XB", "ZZ"];

/** Countries by name, one after the other; the form has their codes under `territories`. */
export function Territories({ before }: { before: readonly string[] }) {
  const [codes, setCodes] = useState(before);
  const [unknown, setUnknown] = useState(false);
  const names = useNames();
  const typed = useRef<HTMLInputElement>(null);
  const list = useId();
  const hint = useId();

  function add(): void {
    const name = typed.current?.value.trim().toLowerCase() ?? "";
    const found = names.find(([code, it]) => it.toLowerCase() === name || code.toLowerCase() === name);
    setUnknown(!found && name !== "");
    if (!found || !typed.current) return;
    typed.current.value = "";
    setCodes([...new Set([...codes, found[0]])]);
  }

  function enter(event: KeyboardEvent): void {
    if (event.key !== "Enter") return;
    event.preventDefault(); // it would send the form
    add();
  }

  return (
    <div className={parts.field}>
      <label className={parts.field}>
        <span className={parts.label}>{SAID.territories}</span>
        <input
          ref={typed}
          name="territory_typed"
          list={list}
          onBlur={add}
          autoComplete="off"
          aria-describedby={hint}
          onKeyDown={enter}
          onChange={() => setUnknown(false)}
        />
      </label>
      <datalist id={list}>
        {names.map(([code, name]) => (
          <option key={code} value={name} />
        ))}
      </datalist>
      <span id={hint} className={unknown ? parts.bad : parts.note}>
        {unknown ? SAID.territoryUnknown : codes.length > 0 ? SAID.territoriesOnly : SAID.territoriesHint}
      </span>
      <div className={parts.row}>
        {codes.map((code) => (
          <button
            key={code}
            type="button"
            className={parts.tag}
            aria-label={SAID.territoryRemove(countryName(code))}
            onClick={() => setCodes(codes.filter((it) => it !== code))}
          >
            {countryName(code)} ×
          </button>
        ))}
        <button type="button" className={parts.link} onClick={add}>
          {SAID.territoryAdd}
        </button>
      </div>
      {codes.map((code) => (
        <input key={code} type="hidden" name="territories" value={code} />
      ))}
    </div>
  );
}

/** What a country is called where the reader lives; its code where nobody has a name for it. */
export function countryName(code: string): string {
  return new Intl.DisplayNames(undefined, { type: "region" }).of(code) ?? code;
}

/** Every country with its name, by name; in the browser alone, whose names a server may not have. */
function useNames(): readonly (readonly [string, string])[] {
  const [names, setNames] = useState<readonly (readonly [string, string])[]>([]);
  useEffect(() => {
    const named = new Intl.DisplayNames(undefined, { type: "region", fallback: "none" });
    const codes = LETTERS.flatMap((one) => LETTERS.map((other) => one + other));
    const found = codes.flatMap((code): (readonly [string, string])[] => {
      const name = NO_COUNTRIES.includes(code) ? undefined : named.of(code);
      return name ? [[code, name]] : [];
    });
    setNames(found.sort(([, one], [, other]) => one.localeCompare(other)));
  }, []);
  return names;
}
