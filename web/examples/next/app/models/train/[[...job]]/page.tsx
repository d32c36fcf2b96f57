import { Train } from "./Train";

export default async function Page({ params }: { params: Promise<{ job?: string[] }> }) {
  return <Train jobId={(await params).job?.[0] ?? null} />;
}
