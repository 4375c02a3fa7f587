/** Events have what isolation, deletion and residency are decided from. */
export type Event = {
  id: string;
  subject: string;
  tenantId: string;
  retentionClass: string;
  dataResidency: string;
  data: Record<string, unknown>;
};

export interface Outbox {
  add(event: Event): void;
}
