/// Formats without context: normal, ed, forward ed, RCS.
/// Source: GNU diffutils 3.8 manual, "Showing Differences Without Context", "Making Edit Scripts".
#include "commands/diff/print.h"

namespace nacre {
namespace {

// Lines as the formats count them: from 1; an empty range is the line before it.
std::string range(size_t from, size_t n, char between) {
  if (n <= 1) return std::to_string(from + n);
  return std::to_string(from + 1) + between + std::to_string(from + n);
}
char verb(const DiffRange& r) { return !r.deleted ? 'a' : !r.inserted ? 'd' : 'c'; }

}  // namespace

void DiffPrinter::normal(Comparison& c) {
  for (const auto& r : c.changes()) {
    if (r.ignore) continue;
    ink(Ink::Line);
    out_.write(range(r.a, r.deleted, ',') + verb(r) + range(r.b, r.inserted, ','));
    ink(Ink::Reset);
    out_.put('\n');
    for (size_t i = 0; i < r.deleted; i++) {
      ink(Ink::Deleted);
      marked(c.a().lines[r.a + i], "<");
    }
    if (r.deleted && r.inserted) out_.write("---\n");
    for (size_t i = 0; i < r.inserted; i++) {
      ink(Ink::Added);
      marked(c.b().lines[r.b + i], ">");
    }
  }
}

// From the last change to the first, so that line numbers stay true while ed works.
void DiffPrinter::ed(Comparison& c) {
  for (size_t k = c.changes().size(); k-- > 0;) {
    const DiffChange& r = c.changes()[k];
    if (r.ignore) continue;
    out_.write(range(r.a, r.deleted, ',') + verb(r) + "\n");
    if (!r.inserted) continue;
    bool inserting = true;
    for (size_t i = 0; i < r.inserted; i++) {
      std::string_view line = c.b().lines[r.b + i];
      if (!inserting) out_.write("a\n");
      inserting = line != ".\n" && line != ".";
      // A lone dot would end the insertion: two are inserted, and one taken away.
      if (!inserting) out_.write("..\n.\ns/.//\n");
      else body(line, "");
      if (inserting && !line.ends_with('\n')) out_.put('\n');
    }
    if (inserting) out_.write(".\n");
  }
}

void DiffPrinter::forward_ed(Comparison& c) {
  for (const auto& r : c.changes()) {
    if (r.ignore) continue;
    out_.put(verb(r));
    out_.write(range(r.a, r.deleted, ' ') + "\n");
    if (!r.inserted) continue;
    for (size_t i = 0; i < r.inserted; i++) {
      body(c.b().lines[r.b + i], "");
      if (!c.b().lines[r.b + i].ends_with('\n')) out_.put('\n');
    }
    out_.write(".\n");
  }
}

void DiffPrinter::rcs(Comparison& c) {
  for (const auto& r : c.changes()) {
    if (r.ignore) continue;
    if (r.deleted) out_.write("d" + std::to_string(r.a + 1) + " " + std::to_string(r.deleted) + "\n");
    if (!r.inserted) continue;
    out_.write("a" + std::to_string(r.a + r.deleted) + " " + std::to_string(r.inserted) + "\n");
    for (size_t i = 0; i < r.inserted; i++) body(c.b().lines[r.b + i], "");
  }
}

}  // namespace nacre
