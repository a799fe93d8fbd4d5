// Sandbox: wires file system, kernel, shell and programs together.
#include "nacre/sandbox.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/run_watch.h"
#include "host/header_secret.h"
#include "host/process_lock.h"
#include "host/posix_http.h"
#include "host/url_policy.h"
#include "kernel/devices.h"
#include "kernel/procfs.h"
#include "session/base_image.h"
#include "session/custom_command.h"
#include "session/files.h"
#include "session/program_dir.h"
#include "session/result_json.h"
#include "session/run_memory.h"
#include "session/embedder_call.h"
#include "session/embedder_dir.h"
#include "session/sandbox_impl.h"
#include "session/shown_output.h"
#include "shell/shell.h"
#include "syntax/parser.h"
#include "syntax/print.h"
#include "vfs/capped_dir.h"
#include "vfs/host_fs.h"

namespace nacre {

class Snapshot {
 public:
  std::shared_ptr<const FsSnapshot> files;
  std::shared_ptr<const ShellState> shell;
  std::string cwd;
};

namespace {

Expected<bool> add_mount(Sandbox::Impl& s, const Mount& m, int number, const StoredFiles& stored) {
  Host& host = *s.config.host;
  if (m.guest.empty() || m.guest[0] != '/')
    return Error{"mount.guest", "mount " + m.guest + ": the path in the sandbox must be absolute", "write --mount HOST:/GUEST"};
  // A session's path was resolved when it was made. With a rw mount above it, a script may have put a link there since.
  auto moved = [&] { return stored && !m.dir && absolute_path(m.host) != m.host; };
  auto link = [&] {
    return Error{"mount.host", "mount " + m.host + ": it, or a directory above it, is a symbolic link now", "it was none when the session was made"};
  };
  if (moved()) return link();
  int error = 0;
  auto dir = m.dir ? make_embedder_dir(m.dir) : host.open_dir(m.host, m.mode == Mount::Mode::ReadWrite, &error);
  if (!dir)
    return Error{"mount.host", "mount " + m.host + ": " + std::string(message(static_cast<Errno>(error))), "the host path must be an existing directory"};
  if (moved()) return link();
  if (m.max_file_bytes) dir = make_capped_dir(std::move(dir), m.max_file_bytes);
  std::shared_ptr<FileSystem> fs;
  const char* type = "cow";
  if (m.mode == Mount::Mode::Cow) {
    MemFs::Options o;
    o.clock = &s.clock;
    o.budget = &s.budget;
    o.backing = dir;
    if (stored) o.stored = stored(number);
    std::unique_ptr<MemFs> mem = MemFs::create(o);
    s.kept.emplace_back(number, mem.get());
    fs = std::move(mem);
  } else {
    type = "host";
    fs = HostFs::create({.dir = dir, .read_only = m.mode == Mount::Mode::ReadOnly, .clock = &s.clock});
  }
  MountInfo info;
  info.source = type;   // never where it is on the host: df and /proc/mounts show it to scripts
  info.type = type;
  info.read_only = m.mode == Mount::Mode::ReadOnly;
  if (auto r = s.vfs->mount(m.guest, std::move(fs), info); !r) return Error{"mount.guest", "mount " + m.guest + ": " + std::string(message(r.error())), ""};
  return true;
}

/// Indices of mounts, those with fewer components first: a mount must not cover one that lies below it.
std::vector<size_t> outer_first(const std::vector<Mount>& mounts) {
  auto depth = [&](size_t i) {
    const std::string& path = mounts[i].guest;
    size_t n = 0;
    for (size_t at = 0; at < path.size(); at++) n += path[at] != '/' && (at == 0 || path[at - 1] == '/');
    return n;
  };
  std::vector<size_t> order(mounts.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return depth(a) < depth(b); });
  return order;
}

/// Takes away a file of the base tree, so that another can take its place. A directory stays.
Result<void> remove_seeded(MemFs& root, std::string_view path) {
  NodeId dir = root.root();
  for (;;) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    const size_t end = std::min(path.find('/'), path.size());
    if (end == path.size()) return root.unlink(dir, path);
    NACRE_TRY(dir, root.lookup(dir, path.substr(0, end)));
    path.remove_prefix(end);
  }
}

Expected<bool> seed_files(MemFs& root, const Config& config, const HiddenPrograms& hidden) {
  for (const SeedFile& f : config.files) {
    for (const Mount& m : config.mounts)
      if (f.path == m.guest || f.path.starts_with(m.guest + "/"))
        return Error{"seed", "seed " + f.path + ": it would lie under the mount at " + m.guest, "put it elsewhere, or into the mounted directory"};
    MemFs::Seed seed{.mode = f.mode, .uid = 1000, .gid = 1000, .content = f.content};
    if (f.lazy) seed.lazy = [make = f.lazy] { return embedder_call(make); };
    auto r = root.seed(f.path, seed);
    if (!r && r.error() == Errno::EXIST && remove_seeded(root, f.path)) r = root.seed(f.path, seed);
    if (!r) return file_error("seed", f.path, r.error());
  }
  for (const CustomCommand& c : config.commands) {
    if (hidden && hidden->contains(c.name)) continue;
    MemFs::Seed seed{.mode = 0755, .content = std::string(kImageMagic) + c.name + "\n"};
    if (auto r = root.seed("/usr/local/bin/" + c.name, seed); !r) return file_error("add command", c.name, r.error());
  }
  return true;
}

EnvList initial_env(const Config& c) {
  EnvList env{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/home/agent", "USER=agent", "LOGNAME=agent", "SHELL=/bin/bash"};
  // UTF-8 unless the caller says something about the locale.
  bool locale = std::any_of(c.env.begin(), c.env.end(), [](const auto& e) { return e.first == "LANG" || e.first.starts_with("LC_"); });
  if (!locale) env.push_back("LANG=C.UTF-8");
  for (const auto& [name, value] : c.env) {
    std::erase_if(env, [&](const std::string& e) { return e.starts_with(name + "="); });
    env.push_back(name + "=" + value);
  }
  return env;
}

Credentials agent() { return {1000, 1000, {}}; }

}  // namespace

/// Each script with what it prints on either stream, in the order of printing.
static Expected<bool> run_setup(Sandbox& sandbox, const std::vector<std::string>& scripts) {
  for (const std::string& script : scripts) {
    std::string output;
    ExecOptions o;
    o.on_output = [&](Stream, std::string_view text) { output += text; };
    const ExecResult r = sandbox.exec(script, o);
    if (r.exit_code == 0 && r.end.reason == End::Reason::Exited) continue;
    std::string how = "status " + std::to_string(r.exit_code);
    if (r.end.reason == End::Reason::Limit || r.end.reason == End::Reason::Timeout)
      how = r.end.limit.empty() ? "every process was waiting for another"
                                : "limit " + r.end.limit + ": used " + std::to_string(r.end.used) + ", allowed " + std::to_string(r.end.allowed);
    if (!output.empty() && output.back() != '\n') output += '\n';
    return Error{"setup", "setup command failed (" + how + "): " + script, "", output};
  }
  return true;
}

Sandbox::Sandbox() : impl_(std::make_unique<Impl>()) {}
Sandbox::~Sandbox() = default;

/// The parts above the file system.
static void boot(Sandbox::Impl& s);

Expected<std::unique_ptr<Sandbox>> Sandbox::create(const Config& config) { return create_sandbox(config, nullptr); }

Expected<std::unique_ptr<Sandbox>> create_sandbox(const Config& config, const StoredFiles& stored) {
  std::unique_ptr<Sandbox> sandbox(new Sandbox);
  Sandbox::Impl& s = *sandbox->impl_;
  s.config = config;
  if (!s.config.host) s.config.host = make_posix_host();
  if (s.config.network) {
    std::string wrong;
    for (HeaderInjection& h : s.config.network->headers)
      if (wrong.empty()) wrong = read_secret(&h);
    if (wrong.empty()) wrong = check_policy(*s.config.network);
    if (!wrong.empty()) return Error{"network", "network policy: " + wrong, ""};
  }
  // What a session was made with may name commands that this build no longer has.
  if (!stored) {
    if (auto ok = check_commands(config); !ok) return ok.error();
  }
  s.budget.set_limits(config.limits);
  s.symbols = std::make_shared<Symbols>();
  std::shared_ptr<StoredNodes> stored_root = stored ? stored(0) : nullptr;
  const HiddenPrograms hidden = hidden_programs(config);
  const bool network = config.network.has_value();
  std::shared_ptr<MemFs> root =
      stored_root ? open_base_fs(&s.clock, &s.budget, network, hidden, stored_root) : make_base_fs(&s.clock, &s.budget, network, hidden);
  s.kept.emplace_back(0, root.get());
  if (!stored_root) {
    if (auto ok = seed_files(*root, config, hidden); !ok) return ok.error();
  }
  s.vfs = std::make_unique<Vfs>(root);
  for (size_t i : outer_first(config.mounts)) {
    if (auto ok = add_mount(s, config.mounts[i], static_cast<int>(i) + 1, stored); !ok) return ok.error();
  }
  boot(s);
  if (!s.config.workdir.empty()) {
    if (auto r = s.process->chdir(s.config.workdir); !r) return file_error("workdir", s.config.workdir, r.error());
  } else {
    bool workspace = std::any_of(config.mounts.begin(), config.mounts.end(), [](const Mount& m) { return m.guest == "/workspace"; });
    if (!workspace || !s.process->chdir("/workspace")) (void)s.process->chdir("/home/agent");
  }
  s.shell->begin({"bash"});
  if (!stored) {
    if (auto ok = run_setup(*sandbox, config.setup); !ok) return ok.error();
  }
  return sandbox;
}

static void boot(Sandbox::Impl& s) {
  KernelOptions o;
  o.host = s.config.host;
  o.virtual_clock = s.config.virtual_clock;
  o.seed = s.config.seed;
  o.hostname = s.config.hostname;
  if (s.config.network) o.http = make_http_client(*s.config.network);
  s.kernel = std::make_unique<Kernel>(std::move(o), *s.vfs, s.budget);
  s.clock.kernel = s.kernel.get();
  add_programs(*s.kernel, s.symbols);
  for (const CustomCommand& c : s.config.commands) s.kernel->add_image(c.name, custom_body(c));
  s.kernel->hide_images(hidden_programs(s.config));
  (void)s.vfs->mount("/proc", std::make_shared<ProcFs>(*s.kernel), {.source = "proc", .type = "proc"});
  s.process = &s.kernel->create_root(agent(), {"bash"}, initial_env(s.config));
  s.shell = std::make_unique<Shell>(*s.process, s.symbols);
  s.files_vfs = s.vfs.get();
  s.files = std::make_unique<VfsFiles>(s.files_vfs, agent());
}

namespace {

const char* limit_name(Budget::Stop stop) {
  switch (stop) {
    case Budget::Stop::Steps: return "steps";
    case Budget::Stop::Memory: return "memory_bytes";
    case Budget::Stop::Script: return "script_bytes";
    case Budget::Stop::Nesting: return "nesting";
    case Budget::Stop::Processes: return "processes";
    case Budget::Stop::FileBytes: return "file_bytes";
    case Budget::Stop::Inodes: return "inodes";
    case Budget::Stop::Output: return "output_bytes";
    case Budget::Stop::WallTime: return "wall_ms";
    default: return "";
  }
}

End end_of(const Budget& budget, const WaitStatus& st, bool syntax_error) {
  End end;
  switch (budget.stop()) {
    case Budget::Stop::None:
      if (st.kind == WaitStatus::Kind::Signaled) {
        end.reason = End::Reason::Signaled;
        end.signal = st.code;
      } else if (syntax_error) {
        end.reason = End::Reason::Syntax;
      }
      return end;
    case Budget::Stop::Cancelled: end.reason = End::Reason::Cancelled; return end;
    case Budget::Stop::WallTime: end.reason = End::Reason::Timeout; break;
    case Budget::Stop::Deadlock: end.reason = End::Reason::Timeout; break;
    default: end.reason = End::Reason::Limit; break;
  }
  end.limit = limit_name(budget.stop());
  end.used = budget.stop_used();
  end.allowed = budget.stop_allowed();
  return end;
}

/// Where a run's output goes. A process left in the background may still hold the descriptor when
/// the run is over: what it writes then goes nowhere.
struct RunOutput {
  ExecResult* result = nullptr;
  const ExecOptions* options = nullptr;
};

Ref<File> output(const std::shared_ptr<RunOutput>& run, Stream which) {
  const ExecOptions& o = *run->options;
  const auto& stream = which == Stream::Out ? o.out_stream : o.err_stream;
  if (stream) return make_host_file(stream, kOpenWrite);
  return make_ref<OutputFile>([run, which](Process&, std::string_view s) -> Result<void> {
    if (!run->result) return {};
    if (run->options->on_output) {
      // The caller's code is not to be ended in the middle, however much memory it takes.
      auto refuse = std::exchange(run_watch.refuse, nullptr);
      run->options->on_output(which, s);
      run_watch.refuse = refuse;
    } else {
      (which == Stream::Out ? run->result->out : run->result->err).append(s);
    }
    return {};
  });
}

double milliseconds(const Timespec& t) { return static_cast<double>(t.sec) * 1e3 + t.nsec / 1e6; }

}  // namespace

/// One run: descriptors in, body, descriptors out, report.
static ExecResult run(Sandbox::Impl& s, const ExecOptions& o, const std::function<int(Process&)>& body) {
  ExecResult result;
  Limits limits = o.limits.value_or(s.config.limits);
  s.budget.set_limits(limits);
  s.budget.begin_run();
  Host& host = *s.config.host;
  Timespec start = host.monotonic();
  s.vfs->refresh();
  auto before = s.vfs->snapshot();
  // Above this it is worth a look at what is really there.
  const uint64_t trusted = limits.memory_bytes ? std::min<uint64_t>(32 << 20, limits.memory_bytes / 4) : 32 << 20;
  if (s.retained > trusted) s.retained = std::min<uint64_t>(s.retained, s.shell->vars().memory());
  RunMemory memory(*s.kernel, s.retained);
  s.kernel->begin_run();
  FdTable& fds = s.process->fds();
  fds.set(0, o.stdin_stream ? make_host_file(o.stdin_stream, kOpenRead) : Ref<File>(make_ref<BytesFile>(o.stdin_text)), false);
  auto sink = std::make_shared<RunOutput>(RunOutput{&result, &o});
  fds.set(1, output(sink, Stream::Out), false);
  fds.set(2, o.err_stream && o.err_stream == o.out_stream ? s.process->file(1) : output(sink, Stream::Err), false);
  s.shell->clear_syntax_error();
  WaitStatus st = s.kernel->run(*s.process, body);
  bool terminal = o.out_stream && o.out_stream->is_terminal();
  // A shell that was told to end from outside takes all with it, whatever group they are in.
  const bool told = st.kind == WaitStatus::Kind::Signaled && s.kernel->interrupted_by(st.code);
  if (o.last && !s.kernel->stopping() && !terminal && !told) s.kernel->run_background(*s.process);
  for (int fd : {0, 1, 2}) fds.remove(fd);
  if (s.kernel->stopping() || o.last) s.kernel->kill_all(s.process);
  *sink = {};
  s.retained = memory.held();
  result.duration_ms = milliseconds(subtract(host.monotonic(), start));
  result.end = end_of(s.budget, st, s.shell->syntax_error());
  result.exit_code = result.end.reason == End::Reason::Timeout ? 124 : st.shell_status();
  // The shell itself may have been through when the run was ended.
  bool ended = result.end.reason == End::Reason::Limit || result.end.reason == End::Reason::Cancelled;
  if (ended && result.exit_code == 0) result.exit_code = 128 + kSigKILL;
  ChangeSet changes = s.vfs->changes_since(*before);
  result.diff.created = std::move(changes.created);
  result.diff.modified = std::move(changes.modified);
  result.diff.deleted = std::move(changes.deleted);
  result.diff.mode_changed = std::move(changes.mode_changed);
  for (Rename& r : changes.renamed) result.diff.renamed.emplace_back(std::move(r.from), std::move(r.to));
  if (auto cwd = s.process->getcwd()) result.cwd = *cwd;
  for (auto& missing : s.kernel->missing_programs) result.unknown_commands.push_back({std::move(missing.name), std::move(missing.nearest)});
  result.usage = {s.budget.steps(), s.budget.peak_memory(), s.budget.output()};
  if (limits.shown_bytes && result.out.size() > limits.shown_bytes) {
    result.out_truncated = true;
    result.out_file = shorten_output(result.out, limits.shown_bytes, "stdout", *s.files);
  }
  if (limits.shown_bytes && result.err.size() > limits.shown_bytes) {
    result.err_truncated = true;
    result.err_file = shorten_output(result.err, limits.shown_bytes, "stderr", *s.files);
  }
  bool silent = result.out.empty() && result.err.empty() && !o.on_output && !o.out_stream;
  if (silent) result.summary = summarize(result);
  return result;
}

ExecResult Sandbox::exec(std::string_view script, const ExecOptions& o) {
  Impl& s = *impl_;
  return run(s, o, [&](Process&) {
    Shell& sh = *s.shell;
    if (script.size() > s.budget.limits().script_bytes && s.budget.limits().script_bytes) {
      s.budget.exhaust(Budget::Stop::Script, script.size(), s.budget.limits().script_bytes);
      s.kernel->stop_run();
      s.kernel->check_alive(*s.process);
    }
    sh.begin_run(o.name.empty() ? "bash" : o.name, o.args, o.as_file);
    sh.set_ends_with_run(o.last);
    if (o.as_file) {
      Parser parser(script, sh.parse_options(), sh.alias_lookup());
      (void)sh.run_parser(parser, false);
    } else {
      sh.vars().writable(sym::kBASH_EXECUTION_STRING).set_text(script);
      (void)sh.run_text(script, 1, true);
    }
    return o.last ? sh.leave() : sh.end_run();
  });
}

ExecResult Sandbox::exec_stdin(const ExecOptions& o) {
  Impl& s = *impl_;
  return run(s, o, [&](Process&) {
    s.shell->begin_run(o.name.empty() ? "bash" : o.name, o.args, false);
    return s.shell->run_stdin();
  });
}

ExecResult Sandbox::interact(const ExecOptions& o, std::function<std::string(const std::string&)> read_line) {
  Impl& s = *impl_;
  return run(s, o, [&](Process&) {
    if (read_line) s.shell->set_interactive_line([&](const std::string& prompt) { return std::optional<std::string>(read_line(prompt)); });
    s.shell->state().interactive = true;
    s.shell->become_interactive();
    interactive_loop(*s.shell);
    s.shell->set_interactive_line(nullptr);
    return s.shell->leave();
  });
}

Files& Sandbox::fs() { return *impl_->files; }

std::shared_ptr<const Snapshot> Sandbox::snapshot() {
  auto snap = std::make_shared<Snapshot>();
  snap->files = impl_->vfs->snapshot();
  snap->shell = std::make_shared<const ShellState>(impl_->shell->state());
  if (auto cwd = impl_->process->getcwd()) snap->cwd = *cwd;
  return snap;
}

void Sandbox::restore(const Snapshot& snapshot) {
  Impl& s = *impl_;
  s.kernel->kill_all(s.process);
  (void)s.process->chdir("/");
  s.vfs->restore(*snapshot.files);
  s.shell->state() = *snapshot.shell;
  s.shell->expander().refresh();
  if (!s.process->chdir(snapshot.cwd)) (void)s.process->chdir("/home/agent");
}

Expected<std::unique_ptr<Sandbox>> Sandbox::fork() {
  std::unique_ptr<Sandbox> sandbox(new Sandbox);
  Impl& s = *sandbox->impl_;
  s.config = impl_->config;
  s.budget.set_limits(impl_->config.limits);
  s.symbols = std::make_shared<Symbols>(*impl_->symbols);
  (void)impl_->vfs->unmount("/proc");
  s.vfs = impl_->vfs->fork(&s.clock, &s.budget);
  (void)impl_->vfs->mount("/proc", std::make_shared<ProcFs>(*impl_->kernel), {.source = "proc", .type = "proc"});
  boot(s);
  s.shell->adopt(impl_->shell->state(), s.symbols);
  auto cwd = impl_->process->getcwd();
  if (!cwd || !s.process->chdir(*cwd)) (void)s.process->chdir("/home/agent");
  s.process->set_umask(impl_->process->umask());
  return sandbox;
}

void Sandbox::cancel() {
  impl_->budget.cancel();
  impl_->kernel->hurry();
}

void Sandbox::interrupt(int signal) { impl_->kernel->interrupt(signal); }

Expected<std::string> dump_ast(std::string_view script) {
  Parser parser(script, {});
  std::string out;
  while (true) {
    ParseResult r = parser.next();
    if (r.status == ParseResult::Status::End) return out;
    if (r.status == ParseResult::Status::Error) {
      const SyntaxError::Line& l = r.error.lines.front();
      return Error{"syntax", "line " + std::to_string(l.line) + ": " + l.text, ""};
    }
    if (r.tree->list) out += dump_json(*r.tree->list) + "\n";
  }
}

const char* version() { return "0.1.0"; }

}  // namespace nacre
