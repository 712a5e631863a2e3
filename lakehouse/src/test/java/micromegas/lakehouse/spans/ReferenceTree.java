package micromegas.lakehouse.spans;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/// The algorithm of `views.md` 5.3, written down as it stands there: a tree of objects, traversed
/// at the end. Where the reference gives up, this one tells so and goes on with our repairs.
final class ReferenceTree {
  /// A call site.
  record Site(String name, String target, String filename, int line, int hash) {}

  private static final class Node {
    long id;
    Site site;
    long begin;
    long end;
    boolean isRoot;
    final List<Node> children = new ArrayList<>();

    Node(long id, Site site, long begin, long end) {
      this.id = id;
      this.site = site;
      this.begin = begin;
      this.end = end;
    }
  }

  private final Site root;
  private final long rangeBegin;
  private final long expectedEnd;
  private final Deque<Node> stack = new ArrayDeque<>();
  private long lastBegin;
  private boolean moved;
  private boolean failed;

  ReferenceTree(Site root, long rangeBegin, long expectedEnd) {
    this.root = root;
    this.rangeBegin = rangeBegin;
    this.expectedEnd = expectedEnd;
    this.lastBegin = rangeBegin;
  }

  /// Whether the reference would have failed.
  boolean failed() {
    return failed;
  }

  /// @return false when the rest of the block is to be left out
  boolean begin(long id, Site site, long time) {
    if (time < rangeBegin) {
      return true;
    }
    if (time > expectedEnd) {
      return false;
    }
    long begin = time;
    if (time < lastBegin) {
      failed = true; // "begin regressed"
      moved = true;
      begin = lastBegin;
    }
    lastBegin = begin;
    stack.push(new Node(id, site, begin, expectedEnd));
    return true;
  }

  /// @return false when the rest of the block is to be left out
  boolean end(long id, Site site, long time) {
    if (time < rangeBegin) {
      return true;
    }
    if (time > expectedEnd) {
      return false;
    }
    Node top = stack.poll();
    if (top == null) {
      attach(new Node(id, site, rangeBegin, time));
    } else if (top.site.hash() == site.hash()) {
      top.end = endOf(top, time);
      attach(top);
    } else if (top.site.hash() == root.hash()) {
      top.id = id;
      top.site = site;
      top.end = endOf(top, time);
      top.isRoot = false;
      attach(top);
    } else {
      failed = true;
      stack.push(top);
      boolean isOpen = stack.stream().anyMatch(n -> n.site.hash() == site.hash() && !n.isRoot);
      while (isOpen) {
        Node node = stack.pop();
        node.end = endOf(node, time);
        attach(node);
        isOpen = node.site.hash() != site.hash();
      }
    }
    return true;
  }

  private long endOf(Node node, long time) {
    return moved && !node.isRoot ? Math.max(time, node.begin) : time;
  }

  private void attach(Node node) {
    if (stack.isEmpty()) {
      Node top = new Node(-1, root, rangeBegin, expectedEnd);
      top.isRoot = true;
      stack.push(top);
    }
    stack.peek().children.add(node);
  }

  List<SpanRow> finish(long end) {
    for (Node node : stack) {
      node.end = endOf(node, end);
    }
    while (stack.size() > 1) {
      Node node = stack.pop();
      stack.peek().children.add(node);
    }
    List<SpanRow> rows = new ArrayList<>();
    record Visit(Node node, long parent, int depth) {}
    Deque<Visit> visits = new ArrayDeque<>();
    if (!stack.isEmpty()) {
      visits.push(new Visit(stack.pop(), 0, 0));
    }
    while (!visits.isEmpty()) {
      Visit visit = visits.pop();
      Node node = visit.node();
      Site site = node.site;
      rows.add(
          new SpanRow(
              node.id,
              visit.parent(),
              visit.depth(),
              site.hash(),
              node.begin,
              node.end,
              node.end - node.begin,
              site.name(),
              site.target(),
              site.filename(),
              site.line()));
      List<Node> children = new ArrayList<>(node.children);
      Collections.reverse(children);
      children.forEach(child -> visits.push(new Visit(child, node.id, visit.depth() + 1)));
    }
    return rows;
  }
}
