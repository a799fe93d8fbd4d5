#include "commands/backup.h"

#include <cstring>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/paths.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

constexpr Choice kControls[] = {{"none", BackupOptions::None},         {"off", BackupOptions::None},          {"simple", BackupOptions::Simple},
                                {"never", BackupOptions::Simple},      {"existing", BackupOptions::Existing}, {"nil", BackupOptions::Existing},
                                {"numbered", BackupOptions::Numbered}, {"t", BackupOptions::Numbered}};

// The highest N of file.~N~; 0 if there is none.
int64_t highest_backup(Process& p, const std::string& file) {
  auto entries = p.list(dir_name(file));
  std::string prefix = std::string(base_name(file)) + ".~";
  int64_t highest = 0;
  if (!entries) return 0;
  for (const auto& e : *entries) {
    if (e.name.size() <= prefix.size() + 1 || e.name.compare(0, prefix.size(), prefix) != 0 || e.name.back() != '~') continue;
    auto n = parse_int(std::string_view(e.name).substr(prefix.size(), e.name.size() - prefix.size() - 1));
    if (n && *n > highest) highest = *n;
  }
  return highest;
}

}  // namespace

bool resolve_backup(Process& p, BackupOptions& o) {
  if (!o.wanted) return true;
  const char* suffix = o.suffix ? o.suffix->c_str() : p.getenv("SIMPLE_BACKUP_SUFFIX");
  o.suffix = suffix && *suffix && !std::strchr(suffix, '/') ? suffix : "~";
  const char* control = p.getenv("VERSION_CONTROL");
  bool by_option = o.control && !o.control->empty();
  if (by_option) control = o.control->c_str();
  if (!control || !*control) control = "existing";
  auto kind = choose(p, by_option ? "backup type" : "$VERSION_CONTROL", control, kControls);
  if (!kind) {
    try_help(p);
    return false;
  }
  o.kind = static_cast<BackupOptions::Kind>(*kind);
  return true;
}

std::string backup_name(Process& p, const BackupOptions& o, const std::string& file) {
  int64_t highest = o.kind == BackupOptions::Simple ? 0 : highest_backup(p, file);
  bool numbered = o.kind == BackupOptions::Numbered || (o.kind == BackupOptions::Existing && highest > 0);
  return numbered ? file + ".~" + std::to_string(highest + 1) + "~" : file + o.suffix.value_or("~");
}

std::optional<std::string> make_backup(Process& p, const BackupOptions& o, const std::string& file) {
  if (o.kind == BackupOptions::None) return std::string();
  std::string name = backup_name(p, o, file);
  auto done = p.rename(file, name);
  if (done) return name;
  p.warn(done.error(), "cannot backup %s", quote_file(p, file).c_str());
  return std::nullopt;
}

}  // namespace nacre
