import type { RealtimeChannel, SupabaseClient } from "@supabase/supabase-js";

/** Of which job a hint is; null: the line is (again) open, so anything may have happened meanwhile. */
type Listener = (jobId: string | null) => void;

/** One private channel for all who listen, open while somebody does. Hints may come twice, late or never. */
export class News {
  private readonly listeners = new Set<Listener>();
  private channel: RealtimeChannel | undefined;

  constructor(private readonly supabase: SupabaseClient) {}

  /** What it returns stops listening. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.listeners.size === 1) void this.open();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.close();
    };
  }

  private async open(): Promise<void> {
    const { data } = await this.supabase.auth.getSession();
    if (!data.session || this.channel || this.listeners.size === 0) return;
    this.channel = this.supabase
      .channel(`owner:${data.session.user.id}`, { config: { private: true } })
      .on("broadcast", { event: "*" }, ({ payload }) => this.tell(payload?.job_id ?? null))
      .subscribe((status) => {
        if (status === "SUBSCRIBED") this.tell(null);
      });
  }

  private close(): void {
    if (this.channel) void this.supabase.removeChannel(this.channel);
    this.channel = undefined;
  }

  private tell(jobId: string | null): void {
    for (const listener of this.listeners) listener(jobId);
  }
}
