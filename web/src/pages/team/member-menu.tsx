import { renameMember, type TeamMember } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { ActionIcon, Button, Group, Menu, Modal, Text, TextInput } from "@mantine/core";
import { IconDots, IconPencil, IconUserCheck, IconUserOff, IconUserShield } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Confirm } from "../../parts/confirm";
import { done, tell } from "../../parts/refusal";
import { usePerson } from "../../session";
import { nameOf } from "./members";
import { RoleForm } from "./role-form";

/** What can be done about somebody: head office for everybody, a branch for its partners. */
export function MemberMenu({ member }: { member: TeamMember }) {
  const { t } = useTranslation();
  const person = usePerson();
  const { client } = useLeadGen();
  const [open, setOpen] = useState<"role" | "disabled" | "name">();
  const name = nameOf(member);
  const close = () => setOpen(undefined);
  const mayClose = member.uid !== person.uid && (person.role === "PUSAT" || member.role === "MITRA");
  const verb = member.disabled ? "enable" : "disable";

  async function turn() {
    await client.setUserDisabled({ uid: member.uid, disabled: !member.disabled });
    done(t(`team.${verb}.done`, { name }));
  }

  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t("team.actions", { name })}><IconDots size={18} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setOpen("name")}>{t("team.rename.item")}</Menu.Item>
          {person.role === "PUSAT" && <Menu.Item leftSection={<IconUserShield size={16} />} onClick={() => setOpen("role")}>{t("team.change.item")}</Menu.Item>}
          {mayClose && (
            <Menu.Item color={member.disabled ? undefined : "red"} leftSection={member.disabled ? <IconUserCheck size={16} /> : <IconUserOff size={16} />} onClick={() => setOpen("disabled")}>
              {t(`team.${verb}.item`)}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={open === "name"} onClose={close} title={t("team.rename.item")} centered closeButtonProps={{ "aria-label": t("parts.close") }}>
        <Rename member={member} onClose={close} />
      </Modal>
      <Modal opened={open === "role"} onClose={close} title={t("team.change.title", { name })} centered closeButtonProps={{ "aria-label": t("parts.close") }}>
        <RoleForm member={member} onClose={close} />
      </Modal>
      <Confirm opened={open === "disabled"} onClose={close} title={t(`team.${verb}.title`, { name })} yes={t(`team.${verb}.item`)} color={member.disabled ? "zamrud" : "red"} onYes={turn}>
        <Text size="sm">{t(`team.${verb}.text`, { name })}</Text>
      </Confirm>
    </>
  );
}

function Rename({ member, onClose }: { member: TeamMember; onClose(): void }) {
  const { t } = useTranslation();
  const { db } = useLeadGen();
  const [name, setName] = useState(member.displayName ?? "");

  function save(event: FormEvent) {
    event.preventDefault();
    onClose();
    renameMember(db, member.uid, name.trim()).then(() => done(t("team.rename.done")), tell);
  }

  return (
    <form onSubmit={save}>
      <TextInput label={t("team.name")} required maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>{t("parts.cancel")}</Button>
        <Button type="submit" disabled={!name.trim()}>{t("team.rename.save")}</Button>
      </Group>
    </form>
  );
}
