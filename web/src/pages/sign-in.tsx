import { Alert, Button, Card, Center, Image, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { FirebaseError } from "firebase/app";
import { signInWithEmailAndPassword } from "firebase/auth";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Ended, useSession } from "../session";
import { LanguageSwitch } from "../shell/language-switch";

/** Which words a refusal of Firebase Authentication gets. It says alike whether the email or the password is wrong. */
function words(error: unknown) {
  const code = error instanceof FirebaseError ? error.code : "";
  if (["auth/invalid-credential", "auth/wrong-password", "auth/user-not-found", "auth/invalid-email"].includes(code)) return "session.wrong";
  if (code === "auth/user-disabled") return "session.disabled";
  if (code === "auth/network-request-failed") return "session.offline";
  return "session.failed";
}

/** `ended`: why the session before this page ended by itself. */
export function SignIn({ ended }: { ended?: Ended }) {
  const { t } = useTranslation();
  const { firebase } = useSession();
  const [refusal, setRefusal] = useState<ReturnType<typeof words>>();
  const form = useForm({ mode: "uncontrolled", initialValues: { email: "", password: "" } });

  async function enter({ email, password }: { email: string; password: string }) {
    setRefusal(undefined);
    try {
      await signInWithEmailAndPassword(firebase.auth, email, password);
    } catch (error) {
      setRefusal(words(error));
    }
  }

  return (
    <Center component="main" mih="100dvh" p="md">
      <Card withBorder shadow="sm" padding="xl" w="100%" maw={400}>
        <form onSubmit={form.onSubmit(enter)}>
          <Stack>
            <Image src="/icon.svg" alt="" w={56} h={56} />
            <div>
              <Title order={1} size="h2">{t("app.name")}</Title>
              <Text c="dimmed">{t("app.tagline")}</Text>
            </div>
            {ended && !refusal && <Alert color="kencana" role="status">{t(`session.${ended}`)}</Alert>}
            {refusal && <Alert color="red" role="alert">{t(refusal)}</Alert>}
            <TextInput label={t("session.email")} type="email" autoComplete="username" required size="md" {...form.getInputProps("email")} key={form.key("email")} />
            <PasswordInput label={t("session.password")} autoComplete="current-password" required size="md" {...form.getInputProps("password")} key={form.key("password")} />
            <Button type="submit" size="md" loading={form.submitting}>{t("session.signIn")}</Button>
            <LanguageSwitch />
          </Stack>
        </form>
      </Card>
    </Center>
  );
}
