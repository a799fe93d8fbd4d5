#include <algorithm>

#include "algo/quote.h"
#include "commands/member_name.h"
#include "commands/mode.h"
#include "commands/paths.h"
#include "commands/prompt.h"
#include "commands/tar/purge.h"
#include "commands/tar/tar.h"
#include "commands/zone.h"

namespace nacre {

Tar::Tar(Process& process, TarOptions& options)
    : p(process), o(options), accounts(process), cwd_(options.start_dir), zone_(options.utc ? TimeZone() : process_zone(process)) {
  if (o.misplaced) status = 2;
  bool writes = o.operation == TarOperation::Create;
  if ((writes && o.archives[0] == "-") || o.extract.to_stdout) listing_fd = 2;
  if (o.index_file) {
    auto fd = p.open(*o.index_file, kOpenWrite | kOpenCreate | kOpenTruncate);
    if (!fd) fatal(shown(*o.index_file, true) + ": Cannot open: " + std::string(message(fd.error())));
    listing_fd = *fd;
  }
}

void Tar::warn_about(std::string_view keyword, const std::string& text, bool only_verbose) {
  if (only_verbose && !o.verbose && std::find(o.asked.begin(), o.asked.end(), keyword) == o.asked.end()) return;
  for (const auto& s : o.silenced)
    if (s == keyword || s == "all") return;
  warn(text);
}

void Tar::error(const std::string& text) {
  warn(text);
  status = 2;
}
void Tar::error(const std::string& name, const char* verb, Errno e) { error(shown(name, true) + ": Cannot " + verb + ": " + std::string(message(e))); }

void Tar::fatal(const std::string& text) {
  warn(text);
  warn("Error is not recoverable: exiting now");
  p.exit(2);
}

std::string Tar::shown(std::string_view name, bool colon) const {
  if (o.quoting != QuoteStyle::Escape) return quote_as(o.quoting, name, p.utf8(), (colon ? ":" : "") + o.quote_chars);
  std::string text = c_quote(name, p.utf8(), true, o.quote_chars);
  if (!colon) return text;
  std::string out;
  for (char c : text) {
    if (c == ':') out += '\\';
    out += c;
  }
  return out;
}

int Tar::finish() {
  if (status == 2) warn("Exiting with failure status due to previous errors");
  return status;
}

void Tar::record(bool writing) {
  const uint64_t every = o.checkpoint.every;
  if (every == 0 || ++records_ % every) return;
  const std::string count = std::to_string(records_), what = writing ? "write" : "read";
  for (const auto& action : o.checkpoint.actions) {
    switch (action.kind) {
      case TarCheckpointAction::Dot: (void)p.write(listing_fd, "."); break;
      case TarCheckpointAction::Bell: (void)p.write(2, "\a"); break;
      case TarCheckpointAction::Sleep: (void)p.sleep({std::strtoll(action.text.c_str(), nullptr, 10), 0}); break;
      case TarCheckpointAction::Exec: {
        SpawnOptions options;
        auto env = std::make_shared<EnvList>(p.env());
        env->push_back("TAR_CHECKPOINT=" + count);
        env->push_back("TAR_ARCHIVE=" + o.archives[0]);
        options.env = env;
        (void)p.run({"/bin/sh", "-c", action.text}, options);
        break;
      }
      case TarCheckpointAction::Echo: {
        std::string text = action.text.empty() ? std::string(writing ? "Write" : "Read") + " checkpoint %u" : action.text;
        for (size_t at = 0; (at = text.find('%', at)) != text.npos && at + 1 < text.size();) {
          const char c = text[at + 1];
          const std::string value = c == 'u' ? count : c == 's' ? what : text.substr(at, 2);
          text.replace(at, 2, value);
          at += value.size();
        }
        warn(text);
      }
    }
  }
}

void Tar::say(const std::string& line) { (void)p.write(listing_fd, line + "\n"); }

// Without what unsafe_prefix() finds; says once what was cut.
std::string Tar::safe_name(const std::string& name, bool link) {
  if (o.absolute_names) return name;
  size_t cut = unsafe_prefix(name);
  if (cut == 0) return name.empty() ? "." : name;
  std::string prefix = name.substr(0, cut);
  if ((link ? told_links_ : told_).insert(prefix).second) warn("Removing leading `" + prefix + "' from " + (link ? "hard link targets" : "member names"));
  std::string rest = name.substr(cut);
  return rest.empty() ? "." : rest;
}

bool Tar::set_transforms() {
  for (const auto& text : o.transforms) {
    std::string why;
    if (transform_.add(text, &why)) continue;
    write_error(p, std::string(p.called()) + ": " + why + "\nTry 'tar --help' or 'tar --usage' for more information.\n");
    return false;
  }
  return true;
}

std::optional<std::string> Tar::has_tag(const std::string& dir, const std::string& shown_dir, const std::vector<std::string>& tags, bool caches,
                                        const char* what) {
  auto tell = [&](const std::string& tag) {
    if (o.verbose) warn_about("cachedir", shown(shown_dir, true) + ": contains a cache directory tag " + tag + "; " + what);
    return tag;
  };
  for (const auto& tag : tags)
    if (p.lstat(join_path(dir, tag))) return tell(tag);
  const std::string mark = join_path(dir, "CACHEDIR.TAG");
  if (!caches || !p.stat(mark)) return std::nullopt;
  auto text = read_file(p, mark);
  if (text && text->starts_with("Signature: 8a477f597d28d172789f06886806bc55")) return tell("CACHEDIR.TAG");
  return std::nullopt;
}

bool Tar::confirmed(const char* verb, const std::string& name) {
  if (!o.interactive) return true;
  (void)p.write(1, std::string(verb) + " " + locale_quote(name, p.utf8()) + "?");
  int fd = 0;
  if (o.archives[0] == "-" && o.operation != TarOperation::Create) {
    auto tty = p.open("/dev/tty", kOpenRead);
    if (!tty) fatal("/dev/tty: Cannot open: " + std::string(message(tty.error())));
    fd = *tty;
  }
  auto answer = read_answer(p, fd);
  if (!answer) (void)p.write(1, "\n");
  if (fd > 2) (void)p.close(fd);
  return is_yes(answer);
}

void Tar::omit(const TarEntry& e) {
  if (!o.show_omitted || !e.is_dir()) return;
  std::string name = e.name;
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  warn(shown(name, true) + ": Omitting");
}

bool Tar::excluded(std::string_view name, size_t patterns) const {
  for (size_t i = 0; i < std::min(patterns, o.excludes.size()); i++)
    if (o.excludes[i].match(name)) return true;
  return false;
}

TarName* Tar::wanted(std::string_view member, bool* all) {
  *all = o.names.empty();
  while (member.size() > 1 && member.ends_with('/')) member.remove_suffix(1);
  if (o.starting_file && !started_) {
    started_ = member == *o.starting_file;
    if (!started_) {
      *all = false;
      return nullptr;
    }
  }
  for (auto& n : o.names) {
    bool hit;
    if (n.pattern || !n.flags.anchored || n.flags.fold_case) {
      PatternFlags flags = n.flags;
      hit = ExcludePattern(n.text, flags, p.utf8()).match(member);
    } else {
      hit = member == n.text || (n.recurse && member.size() > n.text.size() && member.starts_with(n.text) && member[n.text.size()] == '/');
    }
    if (!hit) continue;
    n.found++;
    return !o.occurrence || n.found == o.occurrence ? &n : nullptr;
  }
  return nullptr;
}

bool Tar::all_found() const {
  if (o.names.empty() || !o.occurrence) return false;
  for (const auto& n : o.names)
    if (n.found < o.occurrence) return false;
  return true;
}

void Tar::report_missing() {
  for (const auto& n : o.names) {
    if (o.occurrence ? n.found >= o.occurrence : n.found > 0) continue;
    if (!n.pattern && !n.no_wild && n.text.find_first_of("*?[") != n.text.npos && told_.insert("*").second) {
      warn("Pattern matching characters used in file names");
      warn("Use --wildcards to enable pattern matching, or --no-wildcards to suppress this warning");
    }
    error(shown(n.text, true) + (n.found ? ": Required occurrence not found in archive" : ": Not found in archive"));
  }
}

void Tar::go(const std::string& dir) {
  if (dir == cwd_) return;
  if (auto done = p.chdir(dir); !done) {
    std::string name = dir.starts_with(o.start_dir + "/") ? dir.substr(o.start_dir.size() + 1) : dir;
    warn(shown(name, true) + ": Cannot open: " + std::string(message(done.error())));
    warn("Error is not recoverable: exiting now");
    p.exit(2);
  }
  cwd_ = dir;
}

std::string Tar::time_text(Timespec t, bool full) {
  CivilTime c = zone_.local(t.sec);
  std::string text = format_time(full ? t.nsec ? "%Y-%m-%d %H:%M:%S.%N" : "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M", c, t.sec, t.nsec);
  if (full && t.nsec)
    while (text.back() == '0') text.pop_back();
  return text;
}

void Tar::list(const TarEntry& e, int verbose, const std::string& name) {
  const std::string block = list_prefix + (o.block_numbers ? "block " + std::to_string(block_) + ": " : "");
  if (verbose < 2) return say(block + shown(name));
  static constexpr std::string_view letters = "-hlcbdpC";
  char type = e.is_dir() ? 'd' : e.type == 'V' ? 'V' : e.type == 'M' ? 'M' : e.type >= '0' && e.type <= '7' ? letters[static_cast<size_t>(e.type - '0')] : '-';
  Stat st;
  st.mode = e.mode;
  std::string mode = mode_text(st);
  mode[0] = type;
  bool numeric = o.numeric_owner;
  std::string user = numeric || e.uname.empty() ? std::to_string(e.uid) : e.uname, group = numeric || e.gname.empty() ? std::to_string(e.gid) : e.gname;
  std::string size = e.type == '3' || e.type == '4' ? std::to_string(e.major) + "," + std::to_string(e.minor) : std::to_string(e.size);
  size_t used = user.size() + 1 + group.size() + 1 + size.size();
  width_ = std::max(width_, used);
  std::string line =
      block + mode + " " + user + "/" + group + " " + std::string(width_ - used, ' ') + size + " " + time_text(e.mtime, o.full_time) + " " + shown(name);
  if (e.is_symlink()) line += " -> " + shown(e.link);
  else if (e.is_link()) line += " link to " + shown(e.link);
  else if (e.type == 'V') line += "--Volume Header--";
  else if (e.type == 'M') line += "--Continued--";
  else if (!(e.is_dir() || e.is_regular() || (e.type >= '1' && e.type <= '7'))) line += std::string(" unknown file type '") + e.type + "'";
  say(line);
}

void tar_list(Tar& tar) {
  TarInput in(tar);
  tar.go(tar.o.last_dir);   // that it is there is seen to, though nothing is done in it
  TarReader reader(tar, in);
  TarEntry e;
  while (reader.next(e)) {
    bool all;
    tar.at_block(reader.entry_offset() / kTarBlock);
    TarName* name = tar.wanted(e.name, &all);
    if ((!name && !all) || tar.excluded(e.name)) {
      tar.omit(e);
      continue;
    }
    std::string stored = e.name;
    std::string safe = e.type == 'V' ? e.name : tar.safe_name(tar.transformed(e.name, TarTransform::Of::Name), false);
    if (e.is_link()) e.link = tar.safe_name(tar.transformed(e.link, TarTransform::Of::HardLink), true);
    else if (e.is_symlink()) e.link = tar.transformed(e.link, TarTransform::Of::Symlink);
    tar.list(e, tar.o.verbose + 1, tar.o.show_transformed ? safe : stored);
    if (tar.o.incremental && tar.o.verbose > 1 && e.has_dumpdir()) tar_list_dumpdir(tar, reader.dumpdir(e));
    if (tar.all_found()) break;
  }
  if (tar.o.block_numbers) tar.say("block " + std::to_string(reader.end_offset() / kTarBlock) + ": ** Block of NULs **");
  in.finish();
  tar.report_missing();
}

}  // namespace nacre
