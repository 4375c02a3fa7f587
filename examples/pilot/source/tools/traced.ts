import { createServer } from "node:http";
import type { Server } from "node:http";
import { writeFileSync } from "node:fs";
import { ROOT_CONTEXT, SpanKind, defaultTextMapGetter, defaultTextMapSetter, trace } from "@opentelemetry/api";
import type { Context, Tracer } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { listening } from "./pact";

const propagator = new W3CTraceContextPropagator();
const running: Server[] = [];
const names = new Map<string, string>();
const exporters: InMemorySpanExporter[] = [];

/** A service that answers by calling others, traced by OpenTelemetry; what it does not export, nobody sees. */
export class Traced {
  private readonly tracer: Tracer;

  constructor(private readonly name: string, exports = true) {
    const exporter = new InMemorySpanExporter();
    if (exports) exporters.push(exporter);
    const resource = resourceFromAttributes({ "service.name": name });
    const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(exporter)] });
    this.tracer = provider.getTracer("pilot");
  }

  /** Starts to listen, takes over the caller's trace, and passes it on to those it calls. */
  async serve(operation: string, ...calls: string[]): Promise<string> {
    const server = createServer(async (request, response) => {
      const caller = propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
      await this.within(caller, operation, SpanKind.SERVER, async (context) => {
        for (const address of calls) await this.call(context, address);
      });
      response.end("ok");
    });
    running.push(server);
    const address = await listening(server);
    names.set(address, this.name);
    return address;
  }

  /** Does what starts a trace. */
  async start(operation: string, ...calls: string[]): Promise<void> {
    await this.within(ROOT_CONTEXT, operation, SpanKind.INTERNAL, async (context) => {
      for (const address of calls) await this.call(context, address);
    });
  }

  private async call(context: Context, address: string): Promise<void> {
    const called = names.get(new URL(address).origin) ?? "";
    await this.within(context, "HTTP GET", SpanKind.CLIENT, async (inner) => {
      const headers: Record<string, string> = {};
      propagator.inject(inner, headers, defaultTextMapSetter);
      await (await fetch(address, { headers })).text();
    }, { "peer.service": called });
  }

  private async within(
    outer: Context,
    name: string,
    kind: SpanKind,
    work: (context: Context) => Promise<void>,
    attributes: Record<string, string> = {},
  ): Promise<void> {
    const span = this.tracer.startSpan(name, { kind, attributes }, outer);
    await work(trace.setSpan(outer, span));
    span.end();
  }
}

/** Stops all services and writes what they exported, in OTLP's JSON encoding. */
export const keepTraces = (file: string): void => {
  running.forEach((server) => server.closeAllConnections());
  running.forEach((server) => server.close());
  const spans = exporters.flatMap((exporter) => exporter.getFinishedSpans());
  const exported = JSON.parse(new TextDecoder().decode(JsonTraceSerializer.serializeRequest(spans)));
  writeFileSync(file, JSON.stringify(exported, null, 1) + "\n");
};
