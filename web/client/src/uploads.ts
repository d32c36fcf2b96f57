import { ApiProblem, isFinal } from "./problems";
import { NotSent, send, type Sending } from "./sending";
import type { Schemas } from "./schemas";
import type { Trainings } from "./trainings";

/** One file on its way into a slot. What has arrived is not here any more: the training shows it. */
export interface Upload {
  readonly key: string;
  readonly file: File;
  readonly slot: number;
  readonly phase: "waiting" | "sending" | "offline" | "failed";
  /** 0 to 1 */
  readonly sent: number;
  readonly error?: Error;
}

interface Job {
  upload: Upload;
  announced?: Schemas["UploadView"];
  sending?: Sending;
  canceled: boolean;
}

const AT_ONCE = 3;
const PAUSES = [500, 1000, 2000, 4000]; // ms before each new try
const PROGRESS_STEP = 0.02;

/** Uploads of one training: three at a time, tried again, over a lost connection too; each can be canceled. */
export class Uploads {
  private jobs: Job[] = [];
  private shown: readonly Upload[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly files = new Map<string, File>();

  constructor(
    private readonly trainings: Trainings,
    private readonly jobId: string,
  ) {}

  /** Those that are waiting, under way or failed; another array after each change. */
  readonly all = (): readonly Upload[] => this.shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Resolves when each of them has arrived, failed or was canceled; answers the ids of the photos that arrived. */
  async add(files: readonly { file: File; slot: number }[]): Promise<string[]> {
    const jobs = files.map(({ file, slot }): Job => {
      return { upload: { key: crypto.randomUUID(), file, slot, phase: "waiting", sent: 0 }, canceled: false };
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

  /** The file of a photo that was uploaded from here, to be shown before its thumbnail is there. */
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
    if (job.announced) await this.takeBack(job.announced);
  }

  private async takeBack({ photo }: Schemas["UploadView"]): Promise<void> {
    await this.trainings.remove(this.jobId, photo.id);
  }

  private running = 0;
  private readonly queue: (() => void)[] = [];

  private async whenFree(job: Job): Promise<string | undefined> {
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

  private async run(job: Job): Promise<string | undefined> {
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

  private async once(job: Job): Promise<string> {
    const { file, slot } = job.upload;
    this.update(job, { phase: "sending" });
    job.announced ??= await this.trainings.announce(this.jobId, { slot, content_type: file.type, bytes: file.size });
    if (job.canceled) {
      await this.takeBack(job.announced); // it was being announced when it was canceled
      throw new NotSent(false);
    }
    this.files.set(job.announced.photo.id, file);
    job.sending = send(file, job.announced, (share) => {
      if (share - job.upload.sent >= PROGRESS_STEP || share === 1) this.update(job, { sent: share });
    });
    await job.sending.done;
    this.forget(job);
    return job.announced.photo.id;
  }

  private async untilOnline(job: Job): Promise<void> {
    this.update(job, { phase: "offline" });
    await new Promise((resolve) => addEventListener("online", resolve, { once: true }));
  }

  private update(job: Job, change: Partial<Upload>): void {
    job.upload = { ...job.upload, ...change };
    this.tell();
  }

  private forget(job: Job): void {
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
