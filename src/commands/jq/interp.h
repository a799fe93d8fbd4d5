/// interp: runs a compiled program. A node that has at most one output is a
/// function call that changes its input into its output (`one`); every other node
/// hands its outputs, one by one, to what comes after it (`each`), and that
/// returning is the backtracking. A call in the last place of a pipe, a branch or
/// a list takes the place of its caller, so `until`, `recurse` and functions like
/// them use no stack; other recursion continues on pooled stacks (deep_call) up to
/// a limit.
///
/// With a path beside the value (Item::path) the same code finds paths.
/// An error, `break` and `halt` end evaluation by false (or St::Stop), with the
/// reason in stop(); whoever the reason is for goes on from there.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/jq/compile.h"
#include "algo/date.h"
#include "kernel/process.h"

namespace nacre::jq {

struct Frame;
void free_frame(Frame* f);

/// A counted reference to a frame.
class FrameRef {
 public:
  FrameRef() = default;
  explicit FrameRef(Frame* f);
  FrameRef(const FrameRef& o);
  FrameRef(FrameRef&& o) noexcept : f_(std::exchange(o.f_, nullptr)) {}
  FrameRef& operator=(FrameRef o) noexcept {
    std::swap(f_, o.f_);
    return *this;
  }
  ~FrameRef();
  Frame* get() const { return f_; }
  Frame* operator->() const { return f_; }

 private:
  Frame* f_ = nullptr;
};

struct Closure {
  const Node* node = nullptr;
  FrameRef env;
  bool single = false;   ///< at most one output
};

/// Variables and arguments of one call; closures and values follow it in memory.
struct Frame {
  uint32_t refs;
  uint16_t closures, values;
  Frame* next_dead;
  FrameRef parent;
  Closure* closure() { return reinterpret_cast<Closure*>(this + 1); }
  Value* value() { return reinterpret_cast<Value*>(closure() + closures); }
};

inline FrameRef::FrameRef(Frame* f) : f_(f) {
  if (f_) f_->refs++;
}
inline FrameRef::FrameRef(const FrameRef& o) : f_(o.f_) {
  if (f_) f_->refs++;
}
inline FrameRef::~FrameRef() {
  if (f_ && --f_->refs == 0) free_frame(f_);
}

/// A value and, while paths are asked for, how it was reached: an array, or false for a value
/// that is not part of the input.
struct Item {
  Value v, path;
  bool tracked() const { return path.valid(); }
};

/// A reference to a function that lives longer than the call it is handed to.
class Out {
 public:
  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, Out>)
  Out(F&& f) : call_([](void* c, Item&& i) { return (*static_cast<std::remove_reference_t<F>*>(c))(std::move(i)); }), context_(&f) {}  // NOLINT
  bool operator()(Item&& i) const { return call_(context_, std::move(i)); }

 private:
  bool (*call_)(void*, Item&&);
  void* context_;
};

enum class St : uint8_t { One, None, Stop };

/// What a program asks of the command around it.
class Inputs {
 public:
  virtual ~Inputs() = default;
  enum class Next : uint8_t { Value, End, Error };
  virtual Next next(Value& v) = 0;         ///< Error: error() tells
  virtual std::string error() = 0;
  virtual Value file_name() = 0;           ///< null: standard input
  virtual size_t line() = 0;
  virtual void message(std::string_view text) = 0;   ///< to stderr, after what was written to stdout
};

class Interp {
 public:
  enum class Why : uint8_t { Nothing, Error, Break, Halt };

  Interp(Process& p, Compiler& compiler, Inputs& inputs);

  /// All outputs for an input. False when out returned false or evaluation ended early (why()).
  bool run(Value input, const std::function<bool(Value)>& out);
  Why why() const { return why_; }
  const Value& error() const { return error_; }      ///< for Error; for Halt what is to be printed, Invalid: nothing
  int halt_status() const { return halt_status_; }
  void clear() {
    why_ = Why::Nothing;
    error_ = Value();
  }

  // ---- for natives
  /// Sets the error and returns Invalid.
  Value fail(std::string_view message) { return fail(Value::string(message)); }
  Value fail(Value message);
  /// "KIND (VALUE) TEXT".
  Value fail_about(const Value& v, std::string_view text);
  Value halt(int status, Value message);
  Process& process() { return p_; }
  Compiler& compiler() { return compiler_; }
  Inputs& inputs() { return inputs_; }
  const TimeZone& zone();
  class RegexCache& regexes();

  Value arithmetic(Arith op, Value a, Value b);
  ~Interp();

 private:
  bool each(const Node* n, FrameRef f, Item io, Out k);
  bool each_loop(const Node* n, FrameRef f, Item io, Out k);
  St one(const Node* n, Frame* f, Item& io);
  St one_step(const Node* n, Frame* f, Item& io);
  bool single(const Node* n, Frame* f) const;

  // ---- parts of one()
  St give(Item& io, Value v);                      // a value that is not a part of the input
  St access(const Node* n, Item& io, const Value& key);
  St unable(const Node* n);
  St one_index(const Node* n, Frame* f, Item& io);
  St one_slice(const Node* n, Frame* f, Item& io);
  St one_array(const Node* n, Frame* f, Item& io);
  St one_object(const Node* n, Frame* f, Item& io);
  St one_text(const Node* n, Frame* f, Item& io);
  St one_label(const Node* n, Frame* f, Item& io);
  St one_binary(const Node* n, Frame* f, Item& io);
  St one_native(const Node* n, Frame* f, Item& io);
  St one_special(const Node* n, Frame* f, Item& io);
  St one_alternative(const Node* n, Frame* f, Item& io);
  St one_try(const Node* n, Frame* f, Item& io);
  St one_update(const Node* n, Frame* f, Item& io);
  St one_assign(const Node* n, Frame* f, Item& io);
  St one_fold(const Node* n, Frame* f, Item& io);
  St one_bind(const Node* n, Frame* f, Item& io);
  St one_call(const Node* n, Frame* f, Item& io);
  Value* variable(Frame* f, int depth, int slot);
  const Closure& parameter(const Node* n, Frame* f) const;
  St value_of(const Node* n, Frame* f, const Value& in, Value& out);
  St sorted(const Node* n, Frame* f, Item& io, Special how);

  // ---- parts of each()
  bool each_iterate(const Node* n, Item& io, const Out& k);
  bool each_recurse(Item& io, const Out& k);
  bool each_pair(const Node* n, const FrameRef& f, Item& io, const Out& k);
  bool each_logic(const Node* n, const FrameRef& f, Item& io, const Out& k);
  bool each_object(const Node* n, const FrameRef& f, Item& io, size_t at, Value built, const Out& k);
  bool each_text(const Node* n, const FrameRef& f, Item& io, size_t left, std::string tail, const Out& k);
  bool each_arguments(const Node* n, const FrameRef& f, Item& io, size_t at, Value* arguments, const Out& k);
  bool each_slice(const Node* n, const FrameRef& f, Item& io, const Out& k);
  bool each_alternative(const Node* n, const FrameRef& f, Item& io, const Out& k, bool& any);
  bool each_try(const Node* n, const FrameRef& f, Item& io, const Out& k);
  bool each_fold(const Node* n, const FrameRef& f, Item& io, const Out& k);
  bool each_label(const Node* n, const FrameRef& f, Item& io, const Out& k);
  bool each_bind(const Node* n, const FrameRef& f, Item& io, const Out& k);
  bool each_special(const Node* n, const FrameRef& f, Item& io, const Out& k);
  bool each_range(const Value& from, const Value& upto, const Value& by, const Out& k);
  bool each_event(const Value& v, Value path, const Out& k);
  bool each_limit(const Node* n, const FrameRef& f, Item& io, const Out& k);
  bool each_substitute(const Node* n, const FrameRef& f, Item& io, const Out& k);
  bool match(const Pattern& p, const FrameRef& f, const Value& v, const std::function<bool()>& then);
  bool match_fields(const Pattern& p, size_t at, const FrameRef& f, const Value& v, const std::function<bool()>& then);
  bool bind_all(const Node* n, const FrameRef& f, const Value& v, const std::function<bool()>& then);

  // ---- updating in place
  bool paths_of(const Node* n, Frame* f, const Value& in, std::vector<Value>& out);
  bool assign(const Node* n, Frame* f, Value& v, const Value& x);
  bool update(const Node* n, Frame* f, Value& v);
  St first_of(const Node* n, Frame* f, Value& v);
  FrameRef make_frame(const FrameRef& parent, size_t closures, size_t values);
  FrameRef enter(const Node* call, Frame* f);
  FrameRef enter(const Closure& c);
  bool stopped_for(int label);

  Process& p_;
  Compiler& compiler_;
  Inputs& inputs_;
  FrameRef root_;
  Why why_ = Why::Nothing;
  Value error_;
  int label_ = 0, next_label_ = 0, halt_status_ = 0, depth_ = 0;
  std::unique_ptr<TimeZone> zone_;
  std::unique_ptr<RegexCache> regexes_;
};

// ---- paths.cc: values by path
/// v[key]; null where there is none. Invalid after interp.fail().
Value get(Interp& interp, const Value& v, const Value& key);
/// Changes v so that v[key] is x. False after interp.fail().
bool put(Interp& interp, Value& v, const Value& key, Value x);
Value get_path(Interp& interp, const Value& v, const Value& path);
bool set_path(Interp& interp, Value& v, const Value& path, Value x);
bool delete_paths(Interp& interp, Value& v, Value paths);
/// Where v[path...] is kept, when it is there (`create`: or can be made) and all keys are plain;
/// null: use get_path and set_path. Changes nothing when it is null.
Value* place_of(Value& v, const Value& path, bool create);
Value slice_key(const Value& from, const Value& to);

// ---- strings.cc
Value format_value(Interp& interp, std::string_view format, const Value& v);

}  // namespace nacre::jq
