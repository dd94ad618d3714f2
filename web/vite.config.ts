import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { localHosting, localServer } from "./local-hosting.ts";

export default defineConfig({
  plugins: [react(), localHosting],
  // The Firestore SDK alone is half a megabyte before compression; nothing of it can be left out.
  build: { target: "es2023", chunkSizeWarningLimit: 1100 },
  ...localServer,
});
