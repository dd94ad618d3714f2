// Two languages, Indonesian first; the choice stays on the device.
import i18n from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en";
import { id } from "./id";

export const LANGUAGES = ["id", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const KEPT = "leadgen.language";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof id };
  }
}

export function startLanguage(): void {
  void i18n.use(initReactI18next).init({
    lng: localStorage.getItem(KEPT) === "en" ? "en" : "id",
    fallbackLng: "id",
    resources: { id: { translation: id }, en: { translation: en } },
    interpolation: { escapeValue: false }, // React escapes
  });
  document.documentElement.lang = i18n.language;
}

export function language(): Language {
  return i18n.language === "en" ? "en" : "id";
}

export function switchLanguage(): void {
  const next = language() === "id" ? "en" : "id";
  localStorage.setItem(KEPT, next);
  document.documentElement.lang = next;
  void i18n.changeLanguage(next);
}
