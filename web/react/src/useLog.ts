"use client";
import type { Croquis, Run, Schemas } from "@croquis/client";
import { useEffect, useRef, useState } from "react";

const KEPT_LINES = 2000;

interface Log {
  run: number | null;
  lines: readonly string[];
  points: readonly Schemas["LossPointView"][];
}

const EMPTY: Log = { run: null, lines: [], points: [] };

/** What the trainer prints, only what is new each time; read again whenever the run has moved. */
export function useLog(croquis: Croquis, jobId: string, run: Run): Log {
  const [log, setLog] = useState<Log>(EMPTY);
  const after = useRef<string>(undefined);
  const reading = useRef(false);
  useEffect(() => {
    if (reading.current) return;
    reading.current = true;
    croquis.trainings
      .log(jobId, after.current)
      .then((news) => {
        after.current = news.next;
        setLog((before) => joined(before.run === news.run ? before : EMPTY, news));
      })
      .catch(() => undefined) // the next move of the run reads it again; the training itself says what is wrong
      .finally(() => {
        reading.current = false;
      });
  }, [croquis, jobId, run.run, run.status, run.step]);
  return log;
}

function joined(before: Log, news: Schemas["TrainingLogView"]): Log {
  return {
    run: news.run,
    lines: [...before.lines, ...news.lines].slice(-KEPT_LINES),
    points: [...before.points, ...news.points],
  };
}
