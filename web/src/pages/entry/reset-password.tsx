import { Alert, Button, Stack, Text, TextInput, Title } from "@mantine/core";
import { FirebaseError } from "firebase/app";
import { sendPasswordResetEmail } from "firebase/auth";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { language } from "../../i18n";
import { useSession } from "../../session";

/** Sends the link for a new password, and says the same whether there is such an account or not. */
export function ResetPassword({ onBack }: { onBack(): void }) {
  const { t } = useTranslation();
  const { firebase: { auth } } = useSession();
  const [email, setEmail] = useState("");
  const [state, setState] = useState<"asking" | "sending" | "sent" | "offline">("asking");

  async function send(event: FormEvent) {
    event.preventDefault();
    setState("sending");
    auth.languageCode = language();
    try {
      await sendPasswordResetEmail(auth, email.trim());
      setState("sent");
    } catch (error) {
      const unsent = error instanceof FirebaseError && error.code === "auth/network-request-failed";
      setState(unsent ? "offline" : "sent");
    }
  }

  return (
    <form onSubmit={send}>
      <Stack>
        <div>
          <Title order={1} size="h2">{t("entry.reset.title")}</Title>
          <Text c="dimmed" size="sm">{t("entry.reset.text")}</Text>
        </div>
        {state === "sent" && <Alert role="status">{t("entry.reset.sent", { email })}</Alert>}
        {state === "offline" && <Alert color="red" role="alert">{t("session.offline")}</Alert>}
        <TextInput label={t("session.email")} type="email" autoComplete="username" required size="md" value={email} onChange={(event) => setEmail(event.currentTarget.value)} data-autofocus />
        <Button type="submit" size="md" loading={state === "sending"} disabled={state === "sent"}>{t("entry.reset.send")}</Button>
        <Button variant="subtle" onClick={onBack}>{t("entry.back")}</Button>
      </Stack>
    </form>
  );
}
