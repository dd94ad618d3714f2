// A post of which nobody knows whether it is live: a person looks, and says.
import type { Post } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { done, refusalOf, tell } from "../../../parts/refusal";

export function Resolve({ post, platform, opened, onClose }: { post: Post; platform: string; opened: boolean; onClose(): void }) {
  const { t } = useTranslation();
  const { client } = useLeadGen();
  const [permalink, setPermalink] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState<"live" | "not">();

  async function say(live: boolean) {
    setBusy(live ? "live" : "not");
    setWrong(undefined);
    try {
      const link = permalink.trim();
      await client.resolvePost({ postId: post.id, live, ...(live && link && { permalink: link }) });
      done(t("studio.posts.resolved"));
      onClose();
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.field === "permalink") setWrong(refusal.text);
      else tell(error);
    } finally {
      setBusy(undefined);
    }
  }

  return (
    <Modal opened={opened} onClose={onClose} title={t("studio.posts.resolveAsk")} centered closeButtonProps={{ "aria-label": t("parts.close") }}>
      <Text size="sm" mb="md">{t("studio.posts.resolveHint", { platform })}</Text>
      <TextInput label={t("studio.posts.permalink")} type="url" inputMode="url" placeholder="https://www.instagram.com/p/…" value={permalink} onChange={(event) => setPermalink(event.currentTarget.value)} error={wrong} />
      <Group mt="lg" grow>
        <Button variant="default" loading={busy === "not"} disabled={busy === "live"} onClick={() => say(false)}>{t("studio.posts.notLive")}</Button>
        <Button loading={busy === "live"} disabled={busy === "not"} onClick={() => say(true)}>{t("studio.posts.live")}</Button>
      </Group>
    </Modal>
  );
}
