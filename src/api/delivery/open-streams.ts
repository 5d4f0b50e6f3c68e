/**
 * The streams that are open in this process: one for each node, by the scope of its documents. A node that connects
 * again has lost its old stream, whatever the network still believes of it.
 */
import type { DocumentStream } from './document-stream.js';

export class OpenStreams {
  private readonly byNode = new Map<string, DocumentStream>();
  private readonly byScope = new Map<string, Set<DocumentStream>>();

  get isEmpty(): boolean {
    return this.byNode.size === 0;
  }

  get all(): readonly DocumentStream[] {
    return [...this.byNode.values()];
  }

  ofScope(scope: string): Iterable<DocumentStream> {
    return this.byScope.get(scope) ?? [];
  }

  ofNode(nodeId: string): DocumentStream | undefined {
    return this.byNode.get(nodeId);
  }

  add(stream: DocumentStream): void {
    const old = this.byNode.get(stream.node.id);
    if (old !== undefined) {
      this.remove(old);
      old.end();
    }
    this.byNode.set(stream.node.id, stream);
    const ofScope = this.byScope.get(stream.scope) ?? new Set();
    this.byScope.set(stream.scope, ofScope.add(stream));
  }

  remove(stream: DocumentStream): void {
    if (this.byNode.get(stream.node.id) === stream) this.byNode.delete(stream.node.id);
    const ofScope = this.byScope.get(stream.scope);
    ofScope?.delete(stream);
    if (ofScope?.size === 0) this.byScope.delete(stream.scope);
  }
}
