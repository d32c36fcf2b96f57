import { defineConfig } from "vite";

// CSS and scripts are files of our own: the page is served with a policy that takes nothing inline.
export default defineConfig({
  root: import.meta.dirname,
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    emptyOutDir: true,
    chunkSizeWarningLimit: 600, // a test measures what the first view weighs
    rolldownOptions: { onwarn: (warning, warn) => warning.code !== "MODULE_LEVEL_DIRECTIVE" && warn(warning) }, // "use client"
  },
  worker: { format: "es" },
});
