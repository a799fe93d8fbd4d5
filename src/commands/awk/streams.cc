/// Files, pipes and coprocesses of an awk program: print > | >> |&, getline < |
/// |&, close, fflush; and -i inplace.
#include "commands/awk/interp.h"

namespace nacre {
namespace {

const char* symbol(char redirect) { return redirect == '>' ? ">" : redirect == 'a' ? ">>" : redirect == '&' ? "|&" : "|"; }

}  // namespace

// What children get: ENVIRON, when the program may have changed it.
std::shared_ptr<const EnvList> AwkInterp::environment() {
  if (!prog_.uses_environ) return nullptr;
  AwkArray& names = *globals_[kENVIRON].array;
  auto env = std::make_shared<EnvList>();
  for (const auto& name : names.keys()) {
    std::string entry = name + "=";
    if (const AwkValue* v = names.find(name)) append_value(*v, entry);
    env->push_back(std::move(entry));
  }
  return env;
}

Output* AwkInterp::output_for(const AwkNode* n) {
  std::string name = text(n->a);
  if (modes_.sandbox) fatal("redirection not allowed in sandbox mode");
  if (name == "/dev/stdout" || name == "-" || name == "/dev/fd/1") return &out_;
  if (name.empty()) fatal(std::string("expression for `") + symbol(n->redirect) + "' redirection has null string value");
  if (n->redirect == '&') return coprocess(name).out.get();
  auto found = streams_.find(name);
  if (found != streams_.end() && found->second.out) return found->second.out.get();
  Stream s;
  if (n->redirect == '|') {
    out_.flush();
    s.pipe = open_shell_pipe(p_, name, false, environment());
    s.fd = s.pipe.fd;
    if (s.fd < 0) fatal("cannot open pipe `" + name + "' for output");
  } else {
    bool errors = name == "/dev/stderr" || name == "/dev/fd/2";
    auto fd = errors ? Result<int>(2) : p_.open(name, kOpenWrite | kOpenCreate | (n->redirect == 'a' ? kOpenAppend : kOpenTruncate));
    if (!fd) fatal("cannot redirect to `" + name + "': " + std::string(message(fd.error())));
    s.fd = *fd;
  }
  s.out = std::make_unique<Output>(p_, s.fd, 2);
  if (s.fd == 2) s.out->set_line_buffered(true);
  return (streams_[name] = std::move(s)).out.get();
}

// A command with a pipe to it and one from it.
AwkInterp::Stream& AwkInterp::coprocess(const std::string& command) {
  auto found = streams_.find(command);
  if (found != streams_.end()) return found->second;
  flush_all();
  Stream s;
  auto to = p_.pipe(), from = p_.pipe();
  if (!to || !from) fatal("cannot open two way pipe `" + command + "' for input/output");
  SpawnOptions options;
  options.env = environment();
  options.stdin_fd = to->read_end;
  options.stdout_fd = from->write_end;
  options.close_fds = {to->read_end, to->write_end, from->read_end, from->write_end};
  auto pid = p_.spawn({"sh", "-c", command}, options);
  (void)p_.close(to->read_end);
  (void)p_.close(from->write_end);
  if (!pid) fatal("cannot open two way pipe `" + command + "' for input/output: " + std::string(message(pid.error())));
  s.pipe.pid = *pid;
  s.pipe.fd = from->read_end;
  s.write_fd = to->write_end;
  s.out = std::make_unique<Output>(p_, s.write_fd, 2);
  s.in = std::make_unique<Input>(p_, from->read_end, command, false);
  return streams_[command] = std::move(s);
}

double AwkInterp::close_stream(const std::string& name, const std::string& how) {
  auto found = streams_.find(name);
  if (found == streams_.end()) {
    lint("close: `" + name + "' is not an open file, pipe or co-process");
    return -1;
  }
  if (how == "to" && found->second.write_fd >= 0) {
    found->second.out->flush();
    found->second.out.reset();
    (void)p_.close(std::exchange(found->second.write_fd, -1));
    return 0;
  }
  if (how == "from" && found->second.write_fd >= 0) {
    found->second.in.reset();
    (void)p_.close(std::exchange(found->second.pipe.fd, -1));
    return 0;
  }
  Stream s = std::move(found->second);
  streams_.erase(found);
  if (s.out) s.out->flush();
  s.in.reset();
  if (s.write_fd >= 0) (void)p_.close(s.write_fd);
  if (s.pipe.pid) return close_shell_pipe(p_, s.pipe);
  if (s.out && s.fd > 2) (void)p_.close(s.fd);
  return 0;
}

void AwkInterp::flush_all() {
  out_.flush();
  for (auto& s : streams_)
    if (s.second.out) s.second.out->flush();
}

double AwkInterp::flush_stream(const std::string& name) {
  if (name == "/dev/stdout" || name == "/dev/stderr") {
    out_.flush();
    return 0;
  }
  auto found = streams_.find(name);
  if (found == streams_.end() || !found->second.out) {
    warning("fflush: `" + name + "' is not an open file, pipe or co-process");
    return -1;
  }
  found->second.out->flush();
  return 0;
}

double AwkInterp::getline(const AwkNode* n) {
  if (n->op == AwkOp::Getline) {
    if (!n->a) return next_record() ? 1 : 0;
    // Into a variable: $0 and NF stay.
    std::string saved = std::string(field_view(0));
    bool was_split = split_;
    if (!was_split) split_fields();
    set_nf(static_cast<int64_t>(nf_));
    std::vector<FieldSlot> fields = fields_;
    size_t nf = nf_;
    bool any = next_record();
    std::string line(record_);
    record_text_ = std::move(saved);
    record_ = record_text_;
    record_stale_ = false;
    fields_ = std::move(fields);
    nf_ = nf;
    split_ = true;
    globals_[kNF].value = AwkValue(static_cast<double>(nf));
    if (!any) return 0;
    assign(n->a, input_value(line));
    return 1;
  }
  std::string name = text(n->b);
  if (modes_.sandbox) fatal("redirection not allowed in sandbox mode");
  auto failed = [&](Errno e) {
    globals_[kERRNO].value = AwkValue::string(std::string(message(e)));
    return -1.0;
  };
  if (name.empty()) fatal(std::string("expression for `") + (n->op == AwkOp::GetlinePipe ? "|" : "<") + "' redirection has null string value");
  if (n->op == AwkOp::GetlinePipe && n->redirect == '&') {
    Stream& s = coprocess(name);
    if (s.out) s.out->flush();
  }
  auto found = streams_.find(name);
  if (found == streams_.end()) {
    Stream s;
    if (n->op == AwkOp::GetlinePipe) {
      flush_all();
      s.pipe = open_shell_pipe(p_, name, true, environment());
      s.fd = s.pipe.fd;
      if (s.fd < 0) return -1;
      s.in = std::make_unique<Input>(p_, s.fd, name, false);
    } else {
      bool standard = name == "-" || name == "/dev/stdin";
      auto fd = standard ? Result<int>(0) : p_.open(name, kOpenRead);
      if (!fd) return failed(fd.error());
      if (auto st = p_.fstat(*fd); st && st->is_dir()) {
        (void)p_.close(*fd);
        return failed(Errno::ISDIR);
      }
      s.fd = *fd;
      s.in = std::make_unique<Input>(p_, *fd, name, !standard);
    }
    found = streams_.emplace(name, std::move(s)).first;
  }
  Input* in = found->second.in.get();
  if (!in) return -1;
  std::string line;
  if (!read_record(*in, line)) return in->error() == Errno::OK ? 0 : failed(in->error());
  if (n->a) assign(n->a, input_value(line));
  else set_record(line);
  return 1;
}

// -i inplace: what is printed while a file is read takes its place when it ends.
void AwkInterp::begin_inplace(const std::string& name) {
  out_.flush();
  auto st = p_.stat(name);
  inplace_name_ = name;
  inplace_temp_ = name + ".gawk" + std::to_string(p_.random() % 1000000);
  auto fd = p_.open(inplace_temp_, kOpenWrite | kOpenCreate | kOpenTruncate, st ? st->mode & 07777 : 0644);
  auto saved = p_.dup(1, 10, true);
  if (!fd || !saved) fatal("inplace::begin: cannot create temporary file `" + inplace_temp_ + "'");
  (void)p_.dup2(*fd, 1);
  (void)p_.close(*fd);
  inplace_stdout_ = *saved;
}

void AwkInterp::end_inplace() {
  if (inplace_stdout_ < 0) return;
  out_.flush();
  (void)p_.dup2(inplace_stdout_, 1);
  (void)p_.close(std::exchange(inplace_stdout_, -1));
  std::string suffix;
  for (const char* variable : {"inplace::suffix", "INPLACE_SUFFIX"})
    for (size_t i = 0; i < prog_.globals.size() && suffix.empty(); i++)
      if (prog_.globals[i] == variable) append_value(globals_[i].value, suffix);
  if (!suffix.empty()) (void)p_.rename(inplace_name_, inplace_name_ + suffix);
  if (auto done = p_.rename(inplace_temp_, inplace_name_); !done) fatal("inplace::end: rename: " + std::string(message(done.error())));
}

}  // namespace nacre
