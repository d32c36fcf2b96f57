"use client";
import type { Croquis, LookBook } from "@croquis/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { words } from "./words";

const SAID = words.lookBook;
const LINKS_MS = 8 * 60_000; // links to files are good for ten minutes

/** A look-book as it stands, read again whenever there may be news of it; `look` reads it at once. */
export function useLookBook(croquis: Croquis, lookBookId: string, onProgress?: (title: string) => void) {
  const [book, setBook] = useState<LookBook>();
  const [error, setError] = useState<unknown>();
  const reader = useRef<() => void>(undefined);
  useEffect(() => {
    setBook(undefined);
    const watching = croquis.watch(null, {
      read: async () => {
        const read = await croquis.lookBooks.read(lookBookId);
        setBook(read);
        setError(undefined);
        return read.status === "running" || !read.files;
      },
      failed: setError,
    });
    reader.current = watching.look;
    return watching.stop;
  }, [croquis, lookBookId]);
  useEffect(() => {
    if (book && onProgress) onProgress(`${SAID.progress(book.progress.done, book.progress.of)} · ${SAID.title}`);
  }, [book, onProgress]);
  const look = useCallback(() => reader.current?.(), []);
  const ready = Boolean(book?.files);
  useEffect(() => {
    if (!ready) return undefined;
    const again = setInterval(look, LINKS_MS);
    return () => clearInterval(again);
  }, [ready, look]);
  return { book, error, look };
}
