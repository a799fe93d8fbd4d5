#include <algorithm>

#include "commands/patch/session.h"
#include "commands/paths.h"

namespace nacre {
namespace {

// Components before the last; `existing`: those that are there.
int prefix_components(Process& p, const std::string& name, bool existing) {
  int n = 0;
  for (size_t slash = name.find('/', 1); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    if (slash + 1 < name.size() && name[slash + 1] == '/') continue;
    if (existing) {
      auto st = p.stat(name.substr(0, slash));
      if (!st || !st->is_dir()) break;
    }
    n++;
  }
  return n;
}

}  // namespace

// Of those with cost 0: the one with the fewest components, then the shortest.
std::optional<size_t> PatchSession::best_name(const PatchHeader& h, const std::array<int, 3>& cost) const {
  std::optional<size_t> best;
  std::array<size_t, 3> best_key{};
  for (size_t i = 0; i < 3; i++) {
    if (!h.name[i] || cost[i] != 0) continue;
    const std::string& n = *h.name[i];
    std::array<size_t, 3> key{static_cast<size_t>(prefix_components(p_, n, false)), base_name(n).size(), n.size()};
    if (best && key >= best_key) continue;
    best = i;
    best_key = key;
  }
  return best;
}

// Absolute names, and such that leave this directory, are left alone.
bool PatchSession::valid(const std::string& name) const {
  if (name.starts_with('/')) return false;
  for (size_t at = 0; at <= name.size();) {
    size_t end = std::min(name.find('/', at), name.size());
    if (name.substr(at, end - at) == "..") return false;
    at = end + 1;
  }
  return true;
}

std::string PatchSession::answer(const std::string& question) {
  (void)p_.write(messages_, question);
  if (p_.isatty(1)) {
    if (auto fd = p_.open("/dev/tty", kOpenRead)) {
      Input in(p_, *fd, "tty");
      std::string_view line;
      return in.next_line(line) ? std::string(line) : "";
    }
  }
  (void)p_.write(messages_, "\n");
  return "";
}

bool PatchSession::ask(const std::string& question) { return answer(question).starts_with('y'); }

bool PatchSession::ok_to_reverse(const std::string& question) {
  if (o_.no_reverse || !(o_.force && o_.silent)) (void)p_.write(messages_, question);
  if (o_.no_reverse) {
    (void)p_.write(messages_, "  Skipping patch.\n");
    skip_ = true;
    return false;
  }
  if (o_.force) {
    if (!o_.silent) say("  Applying it anyway.\n");
    return false;
  }
  if (o_.batch) {
    (void)p_.write(messages_, reverse_ ? "  Ignoring -R.\n" : "  Assuming -R.\n");
    return true;
  }
  if (ask(reverse_ ? "  Ignore -R? [n] " : "  Assume -R? [n] ")) return true;
  if (!ask("Apply anyway? [n] ")) {
    if (!o_.silent) say("Skipping patch.\n");
    skip_ = true;
  }
  return false;
}

// The patch makes a file that is there, or takes away one that is not.
bool PatchSession::looks_reversed(const PatchHeader& h, const std::string& name, bool absent, bool empty) {
  bool odd = (empty ? 0 : 1) < h.absent[static_cast<size_t>(reverse_ != empty)];
  // To make and to take away empty files is fine when they are known to be empty.
  if (empty && h.absent[static_cast<size_t>(reverse_ != absent)] == 1 && h.absent[static_cast<size_t>(reverse_ == absent)] == 2) return false;
  if (!odd) return false;
  std::string question = std::string("The next patch") + (reverse_ ? ", when reversed," : "") + " would " +
                         (absent  ? "delete"
                          : empty ? "empty out"
                                  : "create") +
                         " the file " + quoted(name) + ",\nwhich " +
                         (absent  ? "does not exist"
                          : empty ? "is already empty"
                                  : "already exists") +
                         "!";
  if (ok_to_reverse(question)) reverse_ = !reverse_;
  return true;
}

void PatchSession::leading_text(const PatchHeader& h) {
  if (h.text_from >= h.start) return;
  std::string text = "The text leading up to this was:\n--------------------------\n";
  for (size_t i = h.text_from; i < h.start; i++) {
    text += "|";
    text += reader_.line(i);
    if (!text.ends_with('\n')) text += '\n';
  }
  say(text + "--------------------------\n");
}

// Sets the file to read, if it can be found out.
void PatchSession::choose(PatchHeader& h) {
  for (auto& name : h.name) {
    if (name && !valid(*name)) name.reset();
  }
  auto look = [&](const std::string& name) {
    auto st = o_.follow_links ? p_.stat(name) : p_.lstat(name);
    return st ? std::optional<Stat>(*st) : std::nullopt;
  };
  if (o_.file) {
    in_name_ = o_.file;
    in_stat_ = look(*in_name_);
    (void)looks_reversed(h, *in_name_, !in_stat_, !in_stat_ || in_stat_->size == 0);
    return;
  }
  if ((h.rename || h.copy) && h.name[static_cast<size_t>(reverse_)] && h.name[static_cast<size_t>(!reverse_)]) {
    in_name_ = h.name[static_cast<size_t>(reverse_)];
    in_stat_ = look(*in_name_);
    return;
  }
  if (!o_.posix && (h.name[kPatchOld] || h.name[kPatchNew])) h.name[kPatchIndex].reset();
  std::array<int, 3> missing{};
  std::array<std::optional<Stat>, 3> st;
  std::optional<size_t> last, best;
  for (size_t i = 0; i < 3; i++) {
    if (!h.name[i]) continue;
    last = i;
    st[i] = look(*h.name[i]);
    missing[i] = !st[i];
    if (o_.posix && st[i] && !best) best = i;
  }
  if (!last) return;
  if (!o_.posix) best = best_name(h, missing);
  bool empty = !best || st[*best]->size == 0;
  bool odd = looks_reversed(h, *h.name[best.value_or(*last)], !best, empty);
  if (!best && (odd || h.absent[static_cast<size_t>(reverse_)])) {
    // The name that needs the fewest new directories.
    std::array<int, 3> cost{};
    int least = INT32_MAX;
    for (size_t i = 0; i < 3; i++) {
      if (!h.name[i]) continue;
      cost[i] = prefix_components(p_, *h.name[i], false) - prefix_components(p_, *h.name[i], true);
      least = std::min(least, cost[i]);
    }
    for (auto& c : cost) c -= least;
    best = best_name(h, cost);
  }
  if (!best) return;
  in_name_ = h.name[*best];
  in_stat_ = st[*best];
}

// Asks for a name, or skips the patch.
void PatchSession::find_name(const PatchHeader& h) {
  if (!o_.silent) {
    say("can't find file to patch at input line " + std::to_string(h.start + 1) + "\n");
    if (h.type != PatchType::Ed)
      say(o_.strip < 0 ? "Perhaps you should have used the -p or --strip option?\n" : "Perhaps you used the wrong -p or --strip option?\n");
  }
  leading_text(h);
  while (!in_name_) {
    if (o_.force || o_.batch) {
      say("No file to patch.  Skipping patch.\n");
      skip_ = true;
      return;
    }
    std::string name = answer("File to patch: ");
    if (!name.empty()) {
      if (auto st = p_.stat(name)) {
        in_name_ = name;
        in_stat_ = *st;
        return;
      }
      say(name + ": No such file or directory\n");
    }
    if (!answer("Skip this patch? [y] ").starts_with('n')) {
      if (!o_.silent) say("Skipping patch.\n");
      skip_ = true;
      return;
    }
  }
}

}  // namespace nacre
