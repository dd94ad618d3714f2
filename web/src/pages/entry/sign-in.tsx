import { Alert, Anchor, Button, Group, Image, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { FirebaseError } from "firebase/app";
import { signInWithEmailAndPassword } from "firebase/auth";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Ended, useSession } from "../../session";
import { EntryFrame } from "./frame";
import { ResetPassword } from "./reset-password";
import { SignUp } from "./sign-up";

/** Which words a refusal of Firebase Authentication gets. It says alike whether the email or the password is wrong. */
function words(error: unknown) {
  const code = error instanceof FirebaseError ? error.code : "";
  if (["auth/invalid-credential", "auth/wrong-password", "auth/user-not-found", "auth/invalid-email"].includes(code)) return "session.wrong";
  if (code === "auth/user-disabled") return "session.disabled";
  if (code === "auth/network-request-failed") return "session.offline";
  return "session.failed";
}

/** `ended`: why the session before this page ended by itself. */
export function SignIn({ ended }: { ended?: Ended | undefined }) {
  const [door, setDoor] = useState<"in" | "up" | "reset">("in");
  const back = () => setDoor("in");
  return (
    <EntryFrame>
      {door === "in" && <Form ended={ended} onForgot={() => setDoor("reset")} onSignUp={() => setDoor("up")} />}
      {door === "up" && <SignUp onBack={back} />}
      {door === "reset" && <ResetPassword onBack={back} />}
    </EntryFrame>
  );
}

function Form({ ended, onForgot, onSignUp }: { ended: Ended | undefined; onForgot(): void; onSignUp(): void }) {
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
    <form onSubmit={form.onSubmit(enter)}>
      <Stack>
        <Group gap="sm" wrap="nowrap">
          <Image src="/icon.svg" alt="" w={52} h={52} hiddenFrom="md" />
          <div>
            <Title order={1} size="h2">{t("app.name")}</Title>
            <Text c="dimmed" size="sm">{t("app.tagline")}</Text>
          </div>
        </Group>
        {ended && !refusal && <Alert color="kencana" role="status">{t(`session.${ended}`)}</Alert>}
        {refusal && <Alert color="red" role="alert">{t(refusal)}</Alert>}
        <TextInput label={t("session.email")} type="email" autoComplete="username" required size="md" {...form.getInputProps("email")} key={form.key("email")} />
        <div>
          <PasswordInput label={t("session.password")} autoComplete="current-password" required size="md" {...form.getInputProps("password")} key={form.key("password")} />
          <Group justify="flex-end" mt={6}>
            <Anchor component="button" type="button" size="sm" onClick={onForgot} py={4}>{t("entry.forgot")}</Anchor>
          </Group>
        </div>
        <Button type="submit" size="md" loading={form.submitting}>{t("session.signIn")}</Button>
        <Button variant="default" size="md" onClick={onSignUp}>{t("entry.up")}</Button>
      </Stack>
    </form>
  );
}
