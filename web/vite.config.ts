import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { localHosting, localServer } from "./local-hosting.ts";

export default defineConfig({
  plugins: [react(), localHosting],
  // The Firestore SDK alone is half a megabyte before compression; nothing of it can be left out.
  // Nothing is inlined as data: the Content-Security-Policy (firebase.json) lets fonts come by an address alone.
  build: { target: "es2023", chunkSizeWarningLimit: 1100, assetsInlineLimit: 0 },
  ...localServer,
});
