import { ApiProblem, isFinal } from "./problems";
import { NotSent, send, type Sending, type SignedUpload } from "./sending";

interface Way {
  readonly key: string;
  readonly file: File;
  readonly phase: "waiting" | "sending" | "offline" | "failed";
  /** 0 to 1 */
  readonly sent: number;
  readonly error?: Error;
}

/** One file on its way into a slot, or with what else its announcement says. What has arrived is not here any more. */
export type Upload<Said = { readonly slot: number }> = Way & Said;

/** Where files go: how one is announced, and how an announcement is taken back. */
export interface Destination<Said> {
  announce: (file: File, said: Said) => Promise<Announced>;
  takeBack: (id: string) => Promise<unknown>;
}

/** The id of the photo or garment, and where its file goes. */
export interface Announced {
  id: string;
  to: SignedUpload;
}

interface Job<Said> {
  upload: Upload<Said>;
  announced?: Announced;
  sending?: Sending;
  canceled: boolean;
}

const AT_ONCE = 3;
const PAUSES = [500, 1000, 2000, 4000]; // ms before each new try
const PROGRESS_STEP = 0.02;

/** Uploads to one destination: three at a time, tried again, over a lost connection too; each can be canceled. */
export class Uploads<Said = { readonly slot: number }> {
  private jobs: Job<Said>[] = [];
  private shown: readonly Upload<Said>[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly files = new Map<string, File>();

  constructor(private readonly destination: Destination<Said>) {}

  /** Those that are waiting, under way or failed; another array after each change. */
  readonly all = (): readonly Upload<Said>[] => this.shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Resolves when each of them has arrived, failed or was canceled; answers the ids of those that arrived. */
  async add(files: readonly (Said & { file: File })[]): Promise<string[]> {
    const jobs = files.map((it): Job<Said> => {
      return { upload: { ...it, key: crypto.randomUUID(), phase: "waiting", sent: 0 }, canceled: false };
    });
    this.jobs = [...this.jobs, ...jobs];
    this.tell();
    const over = jobs.map((job) => this.whenFree(job));
    return (await Promise.all(over)).filter((id) => id !== undefined);
  }

  async retry(key: string): Promise<void> {
    const job = this.jobs.find((it) => it.upload.key === key);
    if (!job) return;
    delete job.announced; // it may be that announcement that was refused
    await this.whenFree(job);
  }

  /** Whether what has this id is on its way from here. */
  holds(id: string): boolean {
    return this.jobs.some((it) => it.announced?.id === id);
  }

  /** The file of what was uploaded from here, to be shown before its thumbnail is there. */
  fileOf(photoId: string): File | undefined {
    return this.files.get(photoId);
  }

  /** Nothing of it stays: what was announced is taken back. */
  async cancel(key: string): Promise<void> {
    const job = this.jobs.find((it) => it.upload.key === key);
    if (!job) return;
    job.canceled = true;
    job.sending?.stop();
    this.forget(job);
    if (job.announced) await this.destination.takeBack(job.announced.id);
  }

  private running = 0;
  private readonly queue: (() => void)[] = [];

  private async whenFree(job: Job<Said>): Promise<string | undefined> {
    this.update(job, { phase: "waiting", sent: 0 });
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.running += 1;
    try {
      return await this.run(job);
    } finally {
      this.running -= 1;
      this.queue.shift()?.();
    }
  }

  private async run(job: Job<Said>): Promise<string | undefined> {
    for (let tries = 0; !job.canceled; tries += 1) {
      try {
        return await this.once(job);
      } catch (error) {
        if (job.canceled) break;
        if (!mayPass(error) || tries >= PAUSES.length) {
          this.update(job, { phase: "failed", error: error as Error });
          return undefined;
        }
        if (!navigator.onLine) await this.untilOnline(job);
        else await new Promise((resolve) => setTimeout(resolve, PAUSES[tries]));
      }
    }
    return undefined;
  }

  private async once(job: Job<Said>): Promise<string> {
    const { file } = job.upload;
    this.update(job, { phase: "sending" });
    job.announced ??= await this.destination.announce(file, job.upload);
    if (job.canceled) {
      await this.destination.takeBack(job.announced.id); // it was being announced when it was canceled
      throw new NotSent(false);
    }
    this.files.set(job.announced.id, file);
    job.sending = send(file, job.announced.to, (share) => {
      if (share - job.upload.sent >= PROGRESS_STEP || share === 1) this.update(job, { sent: share });
    });
    await job.sending.done;
    this.forget(job);
    return job.announced.id;
  }

  private async untilOnline(job: Job<Said>): Promise<void> {
    this.update(job, { phase: "offline" });
    await new Promise((resolve) => addEventListener("online", resolve, { once: true }));
  }

  private update(job: Job<Said>, change: Partial<Way>): void {
    job.upload = { ...job.upload, ...change };
    this.tell();
  }

  private forget(job: Job<Said>): void {
    this.jobs = this.jobs.filter((it) => it !== job);
    this.tell();
  }

  private tell(): void {
    this.shown = this.jobs.map((it) => it.upload);
    for (const listener of this.listeners) listener();
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof NotSent) return error.again;
  if (error instanceof ApiProblem) return error.status === 503;
  return !isFinal(error);
}
