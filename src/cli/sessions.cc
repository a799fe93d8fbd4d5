#include "cli/sessions.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "cli/archive_file.h"
#include "cli/config_source.h"
#include "cli/host_io.h"
#include "cli/options.h"
#include "cli/table.h"
#include "nacre/session.h"

namespace nacre::cli {
namespace {

// ---------------------------------------------------------------- words

constexpr char kHelp[] =
    "nacre sessions: sandboxes that last; a run that has returned is on disk.\n"
    "\n"
    "  nacre create [-n NAME] [--ttl 30m|12h|2d] [options]   make a session; prints its id\n"
    "  nacre run SESSION [options] COMMAND [args...]         run in it (made where there is none)\n"
    "      -C PATH      begin in this directory\n"
    "      --isolated   a fresh shell whose state is not kept; files are\n"
    "      --no-wait    do not wait while another process runs in the session\n"
    "  nacre list | show SESSION                             what there is\n"
    "  nacre history SESSION [--clear]                       runs with time, status and duration\n"
    "  nacre snapshot SESSION [NAME] [--drop]                keep the present state, or forget a name\n"
    "  nacre snapshots SESSION | rollback SESSION NAME       list them, go back to one\n"
    "  nacre fork SESSION [NEW] [--from SNAPSHOT]            a second session from this one\n"
    "  nacre diff SESSION [--content] [--from SNAPSHOT] [--to SNAPSHOT] [PATH...]\n"
    "                                                        what changed since it was made, or since a snapshot\n"
    "  nacre apply SESSION [--dry-run] [--force] [PATH...]   write the changes of its cow mounts to the host\n"
    "  nacre export SESSION [FILE]                           the session with snapshots and history as one archive\n"
    "  nacre import [FILE] [-n NAME] [--trust] [--force]     a session from it; --trust gives it the mounts, network and\n"
    "                                                        limits that it had, without it they are given as for create\n"
    "  nacre terminate SESSION | gc                          end one; free what nobody needs\n"
    "  nacre doctor [--repair]                               is all of the store readable; save what can be saved\n"
    "\n"
    "create takes --preset, --mount (bare: cow), --env, --workdir, --limit, --timeout, --allow-url and its kin, as nacre\n"
    "does; run takes --timeout and --limit for that run, and --preset for a session that it makes. All take --json. SESSION is a name or an id.\n"
    "The store is $NACRE_HOME, else $XDG_DATA_HOME/nacre, else ~/.local/share/nacre.\n";

struct Words {
  std::string command, name, ttl, workdir, from, to;
  std::vector<std::string> operands, options;   ///< options: those for parse_options
  bool json = false, isolated = false, wait = true, clear = false, drop = false, help = false;
  bool content = false, force = false, dry_run = false, trust = false, repair = false;
};

/// "" or what is wrong.
std::string read_words(const std::vector<std::string>& args, Words* w) {
  w->command = args[0];
  const bool run = w->command == "run";
  const bool diff = w->command == "diff";
  const bool import = w->command == "import";
  const bool config = run || import || w->command == "create";
  for (size_t i = 1; i < args.size(); i++) {
    const std::string& a = args[i];
    if (run && w->operands.size() >= 2) {   // the command's own arguments
      w->operands.push_back(a);
      continue;
    }
    if (a == "--") {
      w->operands.insert(w->operands.end(), args.begin() + static_cast<ptrdiff_t>(i) + 1, args.end());
      break;
    }
    if (a.size() < 2 || a[0] != '-') {
      w->operands.push_back(a);
      continue;
    }
    const size_t eq = a.find('=');
    const std::string name = a.starts_with("--") ? a.substr(0, eq) : a;
    auto value = [&](std::string* out) {
      if (name != a) return *out = a.substr(eq + 1), true;
      if (i + 1 >= args.size()) return false;
      *out = args[++i];
      return true;
    };
    std::string missing = name + ": a value is missing; see nacre " + w->command + " --help";
    if (a == "--help" || a == "-h") w->help = true;
    else if (a == "--json") w->json = true;
    else if (a == "--isolated" && run) w->isolated = true;
    else if (a == "--no-wait" && run) w->wait = false;
    else if (a == "--clear" && w->command == "history") w->clear = true;
    else if (a == "--drop" && w->command == "snapshot") w->drop = true;
    else if (a == "--content" && diff) w->content = true;
    else if (a == "--force" && (import || w->command == "apply")) w->force = true;
    else if (a == "--repair" && w->command == "doctor") w->repair = true;
    else if (a == "--trust" && import) w->trust = true;
    else if (a == "--dry-run" && w->command == "apply") w->dry_run = true;
    else if (name == "-C" && run) {
      if (!value(&w->workdir)) return missing;
    } else if ((name == "-n" || name == "--name") && (import || w->command == "create")) {
      if (!value(&w->name)) return missing;
    } else if (name == "--ttl" && w->command == "create") {
      if (!value(&w->ttl)) return missing;
    } else if (name == "--from" && (diff || w->command == "fork")) {
      if (!value(&w->from)) return missing;
    } else if (name == "--to" && diff) {
      if (!value(&w->to)) return missing;
    } else if (bool flag = false; config && is_config_option(name, &flag)) {
      w->options.push_back(a);
      if (name == a && !flag) {
        std::string v;
        if (!value(&v)) return missing;
        w->options.push_back(v);
      }
    } else {
      return a + ": unknown option of nacre " + w->command + "; nacre " + w->command + " --help lists them";
    }
  }
  return "";
}

// ---------------------------------------------------------------- printing

std::string local_time(int64_t ms) {
  const std::time_t t = ms / 1000;
  // Not localtime_r: that one is the sandbox's (algo/libmagic_time.cc).
  const std::tm* tm = std::localtime(&t);
  char text[32];
  return {text, tm ? std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", tm) : 0};
}

std::string duration(int64_t ms) {
  if (ms == 0) return "-";
  for (auto [unit, letter] : {std::pair{86400000, 'd'}, {3600000, 'h'}, {60000, 'm'}})
    if (ms % unit == 0) return std::to_string(ms / unit) + letter;
  return std::to_string(ms / 1000) + "s";
}

/// "5s", "3m", "2h", "4d": whole units since then.
std::string age(int64_t created_ms) {
  const int64_t s = std::max<int64_t>(0, std::time(nullptr) - created_ms / 1000);
  for (auto [unit, letter] : {std::pair{86400, 'd'}, {3600, 'h'}, {60, 'm'}})
    if (s >= unit) return std::to_string(s / unit) + letter;
  return std::to_string(s) + "s";
}

std::string size_text(uint64_t n) {
  if (n < 1024) return std::to_string(n);
  const char* unit = "KMGTP";
  auto d = static_cast<double>(n) / 1024;
  while (d >= 1000 && unit[1]) d /= 1024, unit++;
  char text[32];
  return {text, static_cast<size_t>(std::snprintf(text, sizeof text, "%.1f%c", d, *unit))};
}

template <class T>
int print_json(const std::vector<T>& all) {
  std::string out;
  for (const T& one : all) out += (out.empty() ? "[" : ",\n ") + one.to_json();
  return write_all(1, (out.empty() ? "[" : out) + "]\n") ? 0 : 1;
}

/// A line a path, as git diff --name-status has it; P: permissions or owner.
std::string status_lines(const Diff& d) {
  std::vector<std::pair<std::string, std::string>> lines;   // path, line
  auto all = [&](char mark, const std::vector<std::string>& paths) {
    for (const std::string& p : paths) lines.emplace_back(p, std::string(1, mark) + " " + p + "\n");
  };
  all('A', d.created);
  all('M', d.modified);
  all('D', d.deleted);
  all('P', d.mode_changed);
  for (const auto& [from, to] : d.renamed) lines.emplace_back(from, "R " + from + " -> " + to + "\n");
  std::sort(lines.begin(), lines.end());
  std::string out;
  for (const auto& [path, line] : lines) out += line;
  return out;
}

std::string change_lines(const Applied& a) {
  std::string out;
  for (const Applied::Change& c : a.changes) out += std::string(1, "AMDP"[static_cast<size_t>(c.kind)]) + " " + c.host + "\n";
  return out;
}

// ---------------------------------------------------------------- commands

int done(const Expected<bool>& r, const Words& w, const std::string& said) {
  if (!r) return fail(r.error());
  return write_all(1, w.json ? "{}\n" : said + "\n") ? 0 : 1;
}

int create(SessionStore& store, const Words& w, Options& o) {
  if (!w.ttl.empty()) {
    const std::string wrong = o.flags.set_text(config::key_of(config::Id::IdleTimeout), w.ttl, "--ttl");
    if (!wrong.empty()) return fail({"usage", "--ttl " + w.ttl + ": " + wrong, ""});
  }
  auto settings = sandbox_settings(o);
  if (!settings) return fail(settings.error());
  auto made = store.create(w.name, settings->config, settings->idle_ms);
  if (!made) return fail(made.error());
  return write_all(1, (w.json ? made->to_json() : made->id) + "\n") ? 0 : 1;
}

/// The session that `run` names, made where there is none.
Expected<SessionInfo> open_or_create(SessionStore& store, const std::string& name, const Options& o) {
  auto info = store.show(name);
  if (!info && info.error().code == "session.none") {
    Options creating = o;
    creating.flags = {};   // --timeout and --limit are for the one run
    auto settings = sandbox_settings(creating);
    if (!settings) return settings.error();
    auto made = store.create(name, settings->config, settings->idle_ms);
    if (made || made.error().code != "session.exists") return made;
    info = store.show(name);   // another process was faster
  }
  if (info && !o.preset.empty() && info->preset != o.preset)
    return Error{"config.preset", "session " + name + " was made " + (info->preset.empty() ? "without a preset" : "with the preset " + info->preset),
                 "--preset is for a session that run makes"};
  return info;
}

int run(SessionStore& store, const Words& w, const Options& o) {
  for (const std::string& a : w.options) {
    const std::string name = a.substr(0, a.find('='));
    if (name.starts_with("--") && name != "--timeout" && name != "--limit" && name != "--preset" && name != "--config")
      return fail({"usage", name + ": belongs to nacre create; run takes --timeout, --limit, --preset and --config", ""});
  }
  auto info = open_or_create(store, w.operands[0], o);
  if (!info) {
    const int status = fail(info.error());
    return info.error().code.starts_with("config") ? status : 125;
  }
  SessionRun r;
  r.exec.limits = info->limits;   // those of this run go on top
  config::apply_limits(o.flags, &*r.exec.limits);
  r.exec.args.assign(w.operands.begin() + 2, w.operands.end());
  r.exec.stdin_stream = make_fd_stream(0, false);
  if (!w.json) {
    r.exec.out_stream = make_fd_stream(1, false);
    r.exec.err_stream = make_fd_stream(2, false);
  }
  r.workdir = w.workdir;
  r.isolated = w.isolated;
  r.wait = w.wait;
  r.on_start = forward_signals;
  auto result = store.run(w.operands[0], w.operands[1], r);
  if (!result) {
    fail(result.error());
    return 125;
  }
  if (w.json) write_all(1, result->to_json() + "\n");
  else report_end(*result);
  return result->exit_code;
}

int list(SessionStore& store, const Words& w) {
  const auto all = store.list();
  if (w.json) return print_json(all);
  Table t{{"ID", "NAME", "CREATED", "LAST USED", "TTL", "MOUNTS", "SIZE"}};
  for (const SessionInfo& s : all) {
    std::string mounts;
    for (const Mount& m : s.mounts) mounts += (mounts.empty() ? "" : ",") + mount_text(m);
    t.push_back({s.id, s.name.empty() ? "-" : s.name, local_time(s.created_ms), local_time(s.used_ms), duration(s.ttl_ms), mounts.empty() ? "-" : mounts,
                 size_text(s.bytes)});
  }
  print_table(t);
  return 0;
}

int show(SessionStore& store, const Words& w) {
  auto s = store.show(w.operands[0]);
  if (!s) return fail(s.error());
  if (w.json) return write_all(1, s->to_json() + "\n") ? 0 : 1;
  Table t{{"id", s->id},
          {"name", s->name.empty() ? "-" : s->name},
          {"created", local_time(s->created_ms)},
          {"last used", local_time(s->used_ms)},
          {"ttl", duration(s->ttl_ms)},
          {"preset", s->preset.empty() ? "-" : s->preset},
          {"cwd", s->cwd},
          {"size", size_text(s->bytes)},
          {"runs", std::to_string(s->runs)}};
  for (const Mount& m : s->mounts) t.push_back({"mount", mount_text(m)});
  print_table(t);
  return 0;
}

int history(SessionStore& store, const Words& w) {
  if (w.clear) return done(store.clear_history(w.operands[0]), w, "history cleared");
  auto runs = store.history(w.operands[0]);
  if (!runs) return fail(runs.error());
  if (w.json) return print_json(*runs);
  Table t{{"RUN", "TIME", "STATUS", "MS", "COMMAND"}};
  for (const RunRecord& r : *runs) {
    char ms[32];
    std::snprintf(ms, sizeof ms, "%.1f", r.duration_ms);
    std::string command = r.command.substr(0, r.command.find('\n'));
    if (command != r.command) command += " ...";
    t.push_back({std::to_string(r.number), local_time(r.time_ms), std::to_string(r.exit_code), ms, command});
  }
  print_table(t);
  return 0;
}

int snapshots(SessionStore& store, const Words& w) {
  auto all = store.snapshots(w.operands[0]);
  if (!all) return fail(all.error());
  if (w.json) return print_json(*all);
  Table t{{"NAME", "CREATED", "AGE", "SIZE", "PARENT"}};
  for (const SnapshotInfo& s : *all) t.push_back({s.name, local_time(s.created_ms), age(s.created_ms), size_text(s.bytes), s.parent.empty() ? "-" : s.parent});
  print_table(t);
  return 0;
}

int snapshot(SessionStore& store, const Words& w) {
  const std::string name = w.operands.size() > 1 ? w.operands[1] : "";
  if (w.drop)
    return name.empty() ? fail({"usage", "snapshot --drop: a name is missing", "nacre snapshots " + w.operands[0] + " shows them"})
                        : done(store.drop_snapshot(w.operands[0], name), w, "dropped " + name);
  auto made = store.snapshot(w.operands[0], name);
  if (!made) return fail(made.error());
  return write_all(1, w.json ? "{\"name\": \"" + *made + "\"}\n" : "snapshot " + *made + "\n") ? 0 : 1;
}

int diff(SessionStore& store, const Words& w) {
  auto d = store.diff(w.operands[0], {w.from, w.to, {w.operands.begin() + 1, w.operands.end()}, w.content});
  if (!d) return fail(d.error());
  if (w.json) return write_all(1, d->to_json() + "\n") ? 0 : 1;
  return write_all(1, w.content ? d->patch : status_lines(d->changes)) ? 0 : 1;
}

int apply(SessionStore& store, const Words& w) {
  auto done = store.apply(w.operands[0], {{w.operands.begin() + 1, w.operands.end()}, w.force, w.dry_run});
  if (!done) return fail(done.error());
  const bool refused = !done->conflicts.empty() && !w.force;
  if (w.json) return write_all(1, done->to_json() + "\n") && !refused ? 0 : 1;
  std::string conflicts;
  for (const Applied::Conflict& c : done->conflicts) conflicts += "nacre: " + c.host + ": " + c.reason + "\n";
  write_all(2, conflicts);
  if (refused) {
    if (!w.dry_run) write_all(2, "nacre: nothing was applied; --force applies all the same, or name the paths to apply\n");
    return 1;
  }
  return write_all(1, change_lines(*done)) ? 0 : 1;
}

int export_to(SessionStore& store, const Words& w) {
  const std::string file = w.operands.size() > 1 ? w.operands[1] : "-";
  if (file == "-" && is_terminal(1))
    return fail({"usage", "export: the archive is not for a terminal", "nacre export " + w.operands[0] + " FILE, or redirect it"});
  NewFile out(file);
  if (!out.error().empty()) return fail({"export", file + ": " + out.error(), ""});
  auto done = store.export_session(w.operands[0], [&](std::string_view bytes) { return out.write(bytes); });
  if (done && out.finish()) return 0;
  return fail(out.error().empty() ? done.error() : Error{"export", (file == "-" ? "standard output" : file) + ": " + out.error(), ""});
}

int import_from(SessionStore& store, const Words& w, const Options& o) {
  for (const std::string& a : w.options) {
    const std::string name = a.substr(0, a.find('='));
    const bool asked = name == "--limit" || name == "--timeout" || name == "--inject-header" || name.starts_with("--allow-u") ||
                       name.starts_with("--allow-m") || name.starts_with("--allow-p") || name.starts_with("--allow-i");
    if (!name.starts_with("--") || name == "--mount" || name == "--config" || (asked && !w.trust)) continue;
    return fail({"usage", name + (asked ? ": with --trust the archive says it" : ": the session has its own, as it was exported"), ""});
  }
  const std::string file = w.operands.empty() ? "-" : w.operands[0];
  auto settings = sandbox_settings(o);
  if (!settings) return fail(settings.error());
  if (file == "-" && is_terminal(0)) return fail({"usage", "import: an archive is expected", "nacre import FILE"});
  OldFile in(file);
  if (!in.error().empty()) return fail({"import", file + ": " + in.error(), ""});
  settings->config.mounts.clear();   // those of the configuration file are for new sessions
  if (const config::Value* given = o.flags.find(config::Id::Mounts))
    for (const config::Item& i : given->items) settings->config.mounts.push_back(i.mount);
  auto made = store.import_session([&](std::span<char> room) { return in.read(room); }, {w.name, settings->config, w.trust, w.force});
  if (!made) return fail(in.error().empty() ? made.error() : Error{"import", file + ": " + in.error(), ""});
  return write_all(1, (w.json ? made->to_json() : made->id) + "\n") ? 0 : 1;
}

int fork(SessionStore& store, const Words& w) {
  auto made = store.fork(w.operands[0], w.from, w.operands.size() > 1 ? w.operands[1] : "");
  if (!made) return fail(made.error());
  return write_all(1, (w.json ? made->to_json() : made->id) + "\n") ? 0 : 1;
}

int gc(SessionStore& store, const Words& w) {
  auto c = store.gc();
  if (!c) return fail(c.error());
  if (w.json)
    return write_all(1, "{\"sessions\": " + std::to_string(c->sessions) + ", \"chunks\": " + std::to_string(c->chunks) +
                            ", \"bytes\": " + std::to_string(c->bytes) + "}\n")
               ? 0
               : 1;
  return write_all(1, std::to_string(c->sessions) + " sessions expired, " + size_text(c->bytes) + " freed\n") ? 0 : 1;
}

int doctor(const std::string& dir, const Words& w) {
  auto c = check_store(dir, w.repair);
  if (!c) return fail(c.error());
  if (w.json) {
    write_all(1, c->to_json() + "\n");
  } else {
    auto lines = [](const char* word, const std::vector<StoreCheck::Problem>& list) {
      std::string out;
      for (const StoreCheck::Problem& p : list) out += std::string(word) + (p.session.empty() ? "" : "session " + p.session + ": ") + p.what + "\n";
      return out;
    };
    std::string out = dir + ": " + std::to_string(c->sessions) + " sessions, " + size_text(c->bytes) + " in " + std::to_string(c->chunks) + " chunks\n" +
                      lines("problem: ", c->problems) + lines("lost: ", c->lost);
    if (c->problems.empty()) out += "nothing is wrong\n";
    else if (c->kept.empty()) out += "nacre doctor --repair saves what can be saved\n";
    else out += "the store as it was is kept in " + c->kept + "\n";
    write_all(1, out);
  }
  return c->problems.empty() ? 0 : 1;
}

struct Command {
  const char* name;
  size_t least, most;
  const char* usage;
};
constexpr Command kCommands[] = {
    {"create", 0, 0, "create [-n NAME] [--ttl DURATION] [options]"},
    {"run", 2, SIZE_MAX, "run SESSION [options] COMMAND [args...]"},
    {"list", 0, 0, "list [--json]"},
    {"show", 1, 1, "show SESSION"},
    {"history", 1, 1, "history SESSION [--clear]"},
    {"snapshot", 1, 2, "snapshot SESSION [NAME] [--drop]"},
    {"snapshots", 1, 1, "snapshots SESSION"},
    {"rollback", 2, 2, "rollback SESSION NAME"},
    {"fork", 1, 2, "fork SESSION [NEW] [--from SNAPSHOT]"},
    {"diff", 1, SIZE_MAX, "diff SESSION [--content] [--from SNAPSHOT] [--to SNAPSHOT] [PATH...]"},
    {"apply", 1, SIZE_MAX, "apply SESSION [--dry-run] [--force] [PATH...]"},
    {"export", 1, 2, "export SESSION [FILE]"},
    {"import", 0, 1, "import [FILE] [-n NAME] [--trust] [--force] [options]"},
    {"terminate", 1, 1, "terminate SESSION"},
    {"gc", 0, 0, "gc"},
    {"doctor", 0, 0, "doctor [--repair]"},
};

}  // namespace

bool is_session_command(const std::string& name) {
  return std::any_of(std::begin(kCommands), std::end(kCommands), [&](const Command& c) { return name == c.name; });
}

int session_command(const std::vector<std::string>& args) {
  Words w;
  if (std::string wrong = read_words(args, &w); !wrong.empty()) return fail({"usage", wrong, ""});
  if (w.help) return write_all(1, kHelp) ? 0 : 1;
  const Command& c = *std::find_if(std::begin(kCommands), std::end(kCommands), [&](const Command& k) { return w.command == k.name; });
  if (w.operands.size() < c.least || w.operands.size() > c.most) return fail({"usage", std::string("usage: nacre ") + c.usage, ""});
  Options o;
  std::string message;
  if (parse_options(w.options, false, &o, &message) == Parsed::Error) return fail({"usage", message, ""});
  if (w.command == "doctor") return doctor(SessionStore::default_dir(), w);
  auto store = SessionStore::open(SessionStore::default_dir());
  if (!store) return fail(store.error());
  SessionStore& s = **store;
  if (w.command == "create") return create(s, w, o);
  if (w.command == "run") return run(s, w, o);
  if (w.command == "list") return list(s, w);
  if (w.command == "show") return show(s, w);
  if (w.command == "history") return history(s, w);
  if (w.command == "snapshots") return snapshots(s, w);
  if (w.command == "fork") return fork(s, w);
  if (w.command == "gc") return gc(s, w);
  if (w.command == "rollback") return done(s.rollback(w.operands[0], w.operands[1]), w, w.operands[0] + " is at " + w.operands[1]);
  if (w.command == "terminate") return done(s.terminate(w.operands[0]), w, w.operands[0] + " ended");
  if (w.command == "diff") return diff(s, w);
  if (w.command == "apply") return apply(s, w);
  if (w.command == "export") return export_to(s, w);
  if (w.command == "import") return import_from(s, w, o);
  return snapshot(s, w);
}

}  // namespace nacre::cli
