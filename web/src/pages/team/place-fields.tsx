import type { Role } from "@leadgen-pro/client";
import { Select } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { useRoster } from "../../parts/roster";

export interface Place {
  role: Role;
  branchId: string | null;
}

const ROLES: Role[] = ["MITRA", "CABANG", "PUSAT"];

/** Role and branch, as head office sets them. */
export function PlaceFields<T extends Place>({ form }: { form: UseFormReturnType<T> }) {
  const { t } = useTranslation();
  const { branches, branchName } = useRoster();
  const { role } = form.getValues();
  return (
    <>
      <Select
        label={t("team.form.role")} allowDeselect={false} data={ROLES.map((value) => ({ value, label: t(`parts.roles.${value}`) }))}
        {...form.getInputProps("role")}
      />
      {role !== "PUSAT" && (
        <Select
          label={t("team.form.branch")} placeholder={t("team.form.branchPlaceholder")} searchable clearable={role === "CABANG"} required={role === "MITRA"}
          description={role === "CABANG" ? t("team.form.branchOwn") : undefined}
          data={branches.map(({ id }) => ({ value: id, label: branchName(id) }))} {...form.getInputProps("branchId")}
        />
      )}
    </>
  );
}

/** The place as the service takes it: head office has no branch. */
export const placed = ({ role, branchId }: Place) => ({ role, ...(role !== "PUSAT" && branchId && { branchId }) });
