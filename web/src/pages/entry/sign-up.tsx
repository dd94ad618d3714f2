import { renameMember } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { Alert, Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { hasLength, useForm } from "@mantine/form";
import { FirebaseError } from "firebase/app";
import { createUserWithEmailAndPassword, sendEmailVerification, updateProfile } from "firebase/auth";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { language } from "../../i18n";
import { useSession } from "../../session";

/** Firebase asks for 6; a password that guards pilgrims' data should be longer. */
const LEAST = 8;

function words(error: unknown) {
  const code = error instanceof FirebaseError ? error.code : "";
  if (code === "auth/email-already-in-use") return "entry.signUp.taken";
  if (code === "auth/weak-password" || code === "auth/password-does-not-meet-requirements") return "entry.signUp.weak";
  if (code === "auth/invalid-email") return "entry.signUp.email";
  if (code === "auth/network-request-failed") return "session.offline";
  // A blocking function refused, or sign-up is switched off.
  if (["auth/internal-error", "auth/admin-restricted-operation", "auth/operation-not-allowed"].includes(code)) return "entry.signUp.closed";
  return "entry.signUp.failed";
}

/** Makes an account for an invited address. The invitation is applied once the address is proved: the waiting page says how. */
export function SignUp({ onBack }: { onBack(): void }) {
  const { t } = useTranslation();
  const { firebase: { auth, db } } = useSession();
  const { client } = useLeadGen();
  const [refusal, setRefusal] = useState<ReturnType<typeof words>>();
  const form = useForm({
    initialValues: { name: "", email: "", password: "" },
    validate: { password: hasLength({ min: LEAST }, t("entry.signUp.weak")) },
  });

  async function make({ name, email, password }: typeof form.values) {
    setRefusal(undefined);
    auth.languageCode = language();
    try {
      const { user } = await createUserWithEmailAndPassword(auth, email.trim(), password);
      // The account stands: what fails from here on can be done again on the waiting page.
      await Promise.allSettled([updateProfile(user, { displayName: name.trim() }), sendEmailVerification(user)]);
      // The first call makes sure of the person's document, which was made before the name was known.
      await client.whoami().then(() => renameMember(db, user.uid, name.trim())).catch(() => {});
    } catch (error) {
      setRefusal(words(error));
    }
  }

  return (
    <form onSubmit={form.onSubmit(make)}>
      <Stack>
        <div>
          <Title order={1} size="h2">{t("entry.signUp.title")}</Title>
          <Text c="dimmed" size="sm">{t("entry.signUp.text")}</Text>
        </div>
        {refusal && <Alert color="red" role="alert">{t(refusal)}</Alert>}
        <TextInput label={t("entry.signUp.name")} autoComplete="name" required maxLength={100} size="md" {...form.getInputProps("name")} />
        <TextInput label={t("session.email")} type="email" autoComplete="username" required size="md" {...form.getInputProps("email")} />
        <PasswordInput label={t("entry.signUp.password")} description={t("entry.signUp.hint")} autoComplete="new-password" required size="md" {...form.getInputProps("password")} />
        <Button type="submit" size="md" loading={form.submitting}>{t("entry.signUp.go")}</Button>
        <Button variant="subtle" onClick={onBack}>{t("entry.back")}</Button>
      </Stack>
    </form>
  );
}
