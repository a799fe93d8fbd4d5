/// Sandbox: a small Unix with bash in it. Runs scripts; starts no host program.
///
///     auto sandbox = nacre::Sandbox::create({});
///     nacre::ExecResult r = (*sandbox)->exec("echo hello | tr a-z A-Z");
///
/// Threads: one at a time, except cancel() and interrupt(), which may come from
/// any. Different sandboxes may run on different threads.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nacre/error.h"
#include "nacre/host.h"
#include "nacre/limits.h"
#include "nacre/network.h"
#include "nacre/result.h"

namespace nacre {

/// A host directory, or what the embedder shows as one, in the sandbox's tree.
struct Mount {
  enum class Mode : uint8_t {
    Cow,        ///< read from the host, writes stay in the sandbox
    ReadOnly,
    ReadWrite,  ///< writes go to the host
  };
  std::string host;    ///< directory on the host
  std::string guest;   ///< absolute path in the sandbox
  Mode mode = Mode::Cow;
  /// Files of the host that are larger (bytes) cannot be read through the mount: EFBIG. 0: any size.
  uint64_t max_file_bytes = 0;
  /// A file system of the embedder's own instead of `host`: nacre/custom_dir.h. A session cannot keep it.
  std::shared_ptr<HostDir> dir;
};

/// A file that is there from the start, made with the directories above it; in place of one of the same name.
struct SeedFile {
  std::string path;                       ///< absolute; not under a mount
  std::string content;                    ///< bytes
  uint32_t mode = 0644;
  std::function<std::string()> lazy;      ///< if set: gives the content, at the first read or look at its size
};

/// What a custom command sees. Paths and descriptors are the sandbox's.
class CommandContext {
 public:
  virtual ~CommandContext() = default;
  virtual const std::vector<std::string>& args() const = 0;      ///< args()[0] is the name
  /// Value of an environment variable; null if unset.
  virtual const char* env(std::string_view name) const = 0;
  /// Reads standard input: up to max bytes, "" at the end. Waits as read(2) does.
  virtual std::string read(size_t max) = 0;
  virtual void write(std::string_view text) = 0;                  ///< standard output
  virtual void error(std::string_view text) = 0;                  ///< standard error
  virtual Expected<std::string> read_file(const std::string& path) = 0;
  virtual Expected<bool> write_file(const std::string& path, std::string_view content) = 0;
};

/// A command made by the embedder: an executable in /usr/local/bin.
struct CustomCommand {
  std::string name;
  std::function<int(CommandContext&)> run;   ///< returns the exit status; must not throw
};

struct Config {
  Limits limits;
  std::vector<Mount> mounts;
  std::vector<SeedFile> files;
  std::vector<std::pair<std::string, std::string>> env;
  std::string workdir;                     ///< "" = /workspace if a mount is there, else /home/agent
  std::vector<CustomCommand> commands;
  /// The names of commands there are, custom ones among them; the shell's builtins are always there. What is
  /// not allowed, or denied, is not found by anything: no file in /usr/bin, and a copy of one does not run.
  std::optional<std::vector<std::string>> allow_commands;   ///< nullopt: all
  std::vector<std::string> deny_commands;                   ///< wins over allow_commands
  /// Scripts that run in the new sandbox's shell, one after the other. One that does not end with status 0 fails
  /// the creation: code "setup", with its output as the error's detail. A stored session runs them when it is made.
  std::vector<std::string> setup;
  std::string preset;                      ///< the name of what this came from; for SessionInfo
  std::optional<uint64_t> seed;            ///< makes randomness repeatable
  bool virtual_clock = false;              ///< time moves only by sleeping
  std::string hostname = "nacre";
  std::optional<NetworkPolicy> network;    ///< nullopt: no network, neither curl nor wget
  std::shared_ptr<Host> host;              ///< null: this machine
};

enum class Stream : uint8_t { Out = 1, Err = 2 };

struct ExecOptions {
  std::string stdin_text;
  std::shared_ptr<HostStream> stdin_stream;    ///< instead of stdin_text
  /// Output as it comes, instead of ExecResult::out and err.
  std::function<void(Stream, std::string_view)> on_output;
  std::shared_ptr<HostStream> out_stream, err_stream;   ///< instead of on_output
  std::vector<std::string> args;               ///< $1 ...
  std::string name;                            ///< $0; "" = bash
  bool as_file = false;                        ///< run like a script file, not like -c
  std::optional<Limits> limits;                ///< for this run only
  /// The shell ends with this run: its EXIT trap runs, and so do processes in the background that
  /// still hold its output, until they end.
  bool last = false;
};

class StoredNodes;   ///< nacre's own

/// State of files and shell at one moment. Cheap; may be kept and used again.
class Snapshot;

/// The sandbox's files, from outside.
class Files {
 public:
  virtual ~Files() = default;
  virtual Expected<std::string> read(const std::string& path) = 0;
  /// Creates or replaces; makes missing directories.
  virtual Expected<bool> write(const std::string& path, std::string_view content, uint32_t mode = 0644) = 0;
  virtual Expected<bool> remove(const std::string& path) = 0;   ///< a directory with its content
  virtual Expected<bool> make_dir(const std::string& path) = 0; ///< parents too
  virtual bool exists(const std::string& path) = 0;
  virtual Expected<std::vector<std::string>> list(const std::string& path) = 0;   ///< sorted names
};

class Sandbox {
 public:
  static Expected<std::unique_ptr<Sandbox>> create(const Config& config);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  struct Impl;   ///< nacre's own

  /// Runs a script in the sandbox's shell. Variables, functions, working directory and background
  /// jobs last from run to run.
  ExecResult exec(std::string_view script, const ExecOptions& options = {});
  /// Runs the script that comes on the run's standard input, whose commands read from it too.
  ExecResult exec_stdin(const ExecOptions& options);
  /// Runs an interactive shell on the given streams (ExecOptions) until it ends. `read_line` edits a
  /// line: gets the prompt, returns the line with its newline, "" at the end of input.
  ExecResult interact(const ExecOptions& options, std::function<std::string(const std::string& prompt)> read_line);

  Files& fs();
  /// O(1), whatever the size of the tree.
  std::shared_ptr<const Snapshot> snapshot();
  void restore(const Snapshot& snapshot);
  /// A second sandbox that starts from the present state. O(1) in the size of the tree.
  Expected<std::unique_ptr<Sandbox>> fork();

  /// Ends the current run within 10 ms. Any thread.
  void cancel();
  /// Sends a signal (SIGINT = 2) to what is running. Any thread, and signal handlers.
  void interrupt(int signal);

  Impl& impl() { return *impl_; }   ///< nacre's own

 private:
  friend Expected<std::unique_ptr<Sandbox>> create_sandbox(const Config& config, const std::function<std::shared_ptr<StoredNodes>(int)>& stored);
  Sandbox();
  std::unique_ptr<Impl> impl_;
};

/// The syntax tree of a script as JSON, one object a complete command and line.
/// Error: code "syntax", message as bash words it.
Expected<std::string> dump_ast(std::string_view script);

/// "0.1.0"
const char* version();

}  // namespace nacre
