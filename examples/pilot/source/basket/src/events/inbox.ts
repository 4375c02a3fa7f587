/** Hands over whatever comes. */
export class Inbox {
  constructor(private readonly handle: (data: unknown) => void) {}

  consume(_subject: string, event: { data?: unknown }): void {
    this.handle(event.data);
  }
}
