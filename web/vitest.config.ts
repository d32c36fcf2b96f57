import { defineConfig } from "vitest/config";

const here = (path: string) => new URL(path, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    alias: { "next/navigation": here("unit/next_navigation.ts"), "@/supabase": here("examples/next/supabase.ts") },
  },
  test: {
    include: ["unit/**/*.test.{ts,tsx}"],
    pool: "threads",
    env: {
      NEXT_PUBLIC_CROQUIS_API_URL: "http://127.0.0.1:1",
      NEXT_PUBLIC_SUPABASE_URL: "http://127.0.0.1:1",
      NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: "sb_publishable_none",
    },
  },
});
