"use client";
import { createCroquis } from "@croquis/client";
import { TrainModel } from "@croquis/react";
import { useRouter } from "next/navigation";
import { supabase } from "@/supabase"; // your own client, signed in

const croquis = createCroquis({ apiUrl: process.env["NEXT_PUBLIC_CROQUIS_API_URL"]!, supabase });

export function Train({ jobId }: { jobId: string | null }) {
  const { push } = useRouter();
  const to = (id: string) => push(`/models/train/${id}`);
  const use = (id: string) => push(`/models/${id}`);
  return (
    <TrainModel croquis={croquis} jobId={jobId} onOpened={to} onUse={use} onAnother={() => push("/models/train")} />
  );
}
