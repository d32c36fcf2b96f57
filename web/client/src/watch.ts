import type { News } from "./news";
import { isFinal } from "./problems";

const EVERY = 30_000; // ms

export interface Watch {
  /** Reads the truth; answers whether something still works, so that it is worth looking again without a hint. */
  read: () => Promise<boolean>;
  /** Hears of each look that failed; after an error that is final nothing is read any more. */
  failed: (error: unknown) => void;
}

/** Reads now, at each hint about this job (null: any), when the line is back, and every 30 s while something works. */
export function watch(news: News, jobId: string | null, { read, failed }: Watch) {
  let over = false;
  let reading = false;
  let again = false;
  let works = true;
  async function look(): Promise<void> {
    again = true;
    if (reading) return; // one look at a time, and one more after it
    reading = true;
    while (again && !over) {
      again = false;
      try {
        works = await read();
      } catch (error) {
        failed(error);
        if (isFinal(error)) stop();
      }
    }
    reading = false;
  }
  const lookNow = () => void look();
  const timer = setInterval(() => works && lookNow(), EVERY);
  const awake = () => document.visibilityState === "visible" && lookNow();
  const unheard = news.listen((about) => {
    if (about === null || jobId === null || about === jobId) lookNow();
  });
  addEventListener("online", lookNow);
  document.addEventListener("visibilitychange", awake);
  function stop(): void {
    over = true;
    clearInterval(timer);
    unheard();
    removeEventListener("online", lookNow);
    document.removeEventListener("visibilitychange", awake);
  }
  lookNow();
  return { stop, look: lookNow };
}
