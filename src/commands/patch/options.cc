#include "commands/patch/options.h"

#include "commands/args.h"
#include "commands/patch/usage.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

using O = PatchOptions;
using V = std::optional<std::string_view>;

int try_patch_help(Process& p) {
  p.warn("Try '%s --help' for more information.", std::string(p.called()).c_str());
  return 2;
}

int fatal(Process& p, const std::string& text) {
  write_error(p, std::string(p.called()) + ": **** " + text + "\n");
  return 2;
}

template <class T>
std::optional<int> number(Process& p, std::string_view v, const char* what, T& to) {
  auto n = parse_int(v);
  if (!n || *n < 0) return fatal(p, std::string(what) + " " + std::string(v) + " is not a number");
  to = static_cast<T>(std::min<int64_t>(*n, INT32_MAX));
  return std::nullopt;
}

template <bool O::* field>
std::optional<int> on(Process&, O& o, V) {
  o.*field = true;
  return std::nullopt;
}
template <PatchType type>
std::optional<int> of_type(Process&, O& o, V) {
  o.type = type;
  return std::nullopt;
}
template <auto field>
std::optional<int> text(Process&, O& o, V v) {
  o.*field = std::string(*v);
  return std::nullopt;
}

std::optional<int> prefix_of(Process& p, std::string& to, V v) {
  if (v->empty()) return fatal(p, "backup prefix is empty");
  to = std::string(*v);
  return std::nullopt;
}

std::optional<int> control(Process& p, O& o, std::string_view v) {
  struct Row {
    std::string_view word;
    BackupOptions::Kind kind;
  };
  constexpr Row kRows[] = {{"none", BackupOptions::None},         {"off", BackupOptions::None},          {"simple", BackupOptions::Simple},
                           {"never", BackupOptions::Simple},      {"existing", BackupOptions::Existing}, {"nil", BackupOptions::Existing},
                           {"numbered", BackupOptions::Numbered}, {"t", BackupOptions::Numbered}};
  std::optional<BackupOptions::Kind> found;
  bool ambiguous = false;
  for (const auto& row : kRows) {
    if (!row.word.starts_with(v)) continue;
    if (row.word == v) {
      found = row.kind;
      ambiguous = false;
      break;
    }
    ambiguous = ambiguous || (found && *found != row.kind);
    found = row.kind;
  }
  if (found && !ambiguous) {
    o.backup.kind = *found;
    return std::nullopt;
  }
  p.warn("%s argument '%s' for '--version-control or -V option'", ambiguous ? "ambiguous" : "invalid", std::string(v).c_str());
  write_error(p, "Valid arguments are:\n  - 'none', 'off'\n  - 'simple', 'never'\n  - 'existing', 'nil'\n  - 'numbered', 't'\n");
  return 2;
}

std::optional<int> reject_format(Process& p, O& o, V v) {
  if (*v != "context" && *v != "unified") return try_patch_help(p);
  o.unified_rejects = *v == "unified";
  return std::nullopt;
}

std::optional<int> read_only(Process& p, O& o, V v) {
  if (*v != "ignore" && *v != "warn" && *v != "fail") return try_patch_help(p);
  o.read_only = *v == "ignore" ? O::Ignore : *v == "warn" ? O::Warn : O::Fail;
  return std::nullopt;
}

std::optional<int> merge(Process& p, O& o, V v) {
  if (v && *v != "merge" && *v != "diff3") return try_patch_help(p);
  o.merge = v && *v == "diff3" ? O::MergeDiff3 : O::MergeTwo;
  return std::nullopt;
}

std::optional<int> quoting(Process& p, O& o, V v) {
  for (const Choice& c : quote_styles()) {
    if (c.word != *v) continue;
    o.quoting = static_cast<QuoteStyle>(c.value);
    return std::nullopt;
  }
  p.warn("invalid argument %s for 'quoting style'", quote_file(p, *v).c_str());
  return try_patch_help(p);
}

// Files are never fetched from a version control system; to ask for that is refused.
std::optional<int> get(Process& p, O& o, V v) {
  int wanted = 0;
  if (auto status = number(p, *v, "get option value", wanted)) return status;
  if (wanted == 0) return std::nullopt;
  p.warn("--get: there is no version control system here");
  (void)o;
  return 2;
}

constexpr ArgKind kNo = ArgKind::None, kNeeds = ArgKind::Required;
struct PatchFlag {
  int short_name;
  std::string_view long_name;
  ArgKind kind;
  std::optional<int> (*set)(Process&, O&, V);
};
constexpr PatchFlag kFlags[] = {
    {'b', "backup", kNo, on<&O::backups>},
    {'B', "prefix", kNeeds, +[](Process& p, O& o, V v) { return prefix_of(p, o.prefix, v); }},
    {'c', "context", kNo, of_type<PatchType::Context>},
    {'d', "directory", kNeeds, text<&O::directory>},
    {'D', "ifdef", kNeeds, text<&O::ifdef>},
    {'e', "ed", kNo, of_type<PatchType::Ed>},
    {'E', "remove-empty-files", kNo, on<&O::remove_empty>},
    {'f', "force", kNo, on<&O::force>},
    {'F', "fuzz", kNeeds, +[](Process& p, O& o, V v) { return number(p, *v, "fuzz factor", o.fuzz); }},
    {'g', "get", kNeeds, get},
    {'i', "input", kNeeds, text<&O::input_file>},
    {'l', "ignore-whitespace", kNo, on<&O::blanks>},
    {'n', "normal", kNo, of_type<PatchType::Normal>},
    {'N', "forward", kNo, on<&O::no_reverse>},
    {'o', "output", kNeeds, text<&O::out_file>},
    {'p', "strip", kNeeds, +[](Process& p, O& o, V v) { return number(p, *v, "strip count", o.strip); }},
    {'r', "reject-file", kNeeds, text<&O::reject_file>},
    {'R', "reverse", kNo, on<&O::reverse>},
    {'s', "quiet", kNo, on<&O::silent>},
    {'s', "silent", kNo, on<&O::silent>},
    {'t', "batch", kNo, on<&O::batch>},
    {'T', "set-time", kNo, on<&O::set_time>},
    {'u', "unified", kNo, of_type<PatchType::Unified>},
    {'v', "version", kNo, +[](Process& p, O&, V) -> std::optional<int> { return print_version(p); }},
    {'V', "version-control", kNeeds, +[](Process& p, O& o, V v) { return control(p, o, *v); }},
    {'Y', "basename-prefix", kNeeds, +[](Process& p, O& o, V v) { return prefix_of(p, o.base_prefix, v); }},
    {'z', "suffix", kNeeds, text<&O::suffix>},
    {'Z', "set-utc", kNo, on<&O::set_utc>},
    {0, "dry-run", kNo, on<&O::dry_run>},
    {0, "verbose", kNo, on<&O::verbose>},
    {0, "binary", kNo, on<&O::binary>},
    {0, "posix", kNo, on<&O::posix>},
    {0, "backup-if-mismatch", kNo,
     +[](Process&, O& o, V) -> std::optional<int> {
       o.backup_if_mismatch = true;
       return std::nullopt;
     }},
    {0, "no-backup-if-mismatch", kNo,
     +[](Process&, O& o, V) -> std::optional<int> {
       o.backup_if_mismatch = false;
       return std::nullopt;
     }},
    {0, "merge", ArgKind::Optional, merge},
    {0, "quoting-style", kNeeds, quoting},
    {0, "reject-format", kNeeds, reject_format},
    {0, "read-only", kNeeds, read_only},
    {0, "follow-symlinks", kNo, on<&O::follow_links>},
};

}  // namespace

std::optional<int> read_patch_options(Process& p, PatchOptions& o) {
  constexpr size_t n = std::size(kFlags);
  OptionSpec specs[n];
  for (size_t i = 0; i < n; i++) specs[i] = {kFlags[i].short_name, kFlags[i].long_name, kFlags[i].kind};
  std::vector<std::string> operands;
  if (auto status = parse_options(p, kPatchUsage, specs, p.argv(), {.error_status = 2, .named_try = true}, operands,
                                  [&](size_t i, V v) { return kFlags[i].set(p, o, v); }))
    return status;
  if (operands.size() > 2) {
    p.warn("%s: extra operand", quote_name(p, operands[2]).c_str());
    return try_patch_help(p);
  }
  if (!operands.empty()) o.file = operands[0];
  if (operands.size() > 1) o.input_file = operands[1];
  o.posix = o.posix || p.getenv("POSIXLY_CORRECT");
  for (const char* name : {"PATCH_VERSION_CONTROL", "VERSION_CONTROL"}) {
    const char* value = p.getenv(name);
    if (!value || o.backup.kind != BackupOptions::None) continue;
    if (auto status = control(p, o, value)) return status;
    break;
  }
  if (const char* suffix = p.getenv("SIMPLE_BACKUP_SUFFIX"); suffix && *suffix && !o.suffix) o.suffix = suffix;
  return std::nullopt;
}

}  // namespace nacre
