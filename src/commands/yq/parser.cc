/// The parser: by precedence, from the loosest: `,` and/or `|` assignments and comparisons `//` `+ -` `* / %`.
/// Longer than most files: the rules of one grammar, which call one another.
#include "algo/unicode.h"
#include "base/deep_call.h"
#include "base/utf8.h"
#include "commands/yq/ast.h"

namespace nacre::yq {
namespace {

constexpr int kDepth = 500;

bool name_start(char c) { return ascii_alpha(c) || c == '_'; }
bool name_part(char c) { return ascii_alnum(c) || c == '_'; }

ExprPtr make(Op op, std::string text = {}) {
  auto e = std::make_unique<Expr>();
  e->op = op;
  e->text = std::move(text);
  return e;
}
ExprPtr make(Op op, ExprPtr a, ExprPtr b) {
  auto e = make(op);
  e->args.push_back(std::move(a));
  e->args.push_back(std::move(b));
  return e;
}
ExprPtr literal(std::string_view tag, std::string text) {
  auto e = make(Op::Literal, std::move(text));
  e->tag = tag;
  return e;
}

/// What `a OP b` may be, by precedence.
struct Binary {
  std::string_view text;
  Op op;
  int precedence;
};
constexpr Binary kBinary[] = {
    {"//=", Op::AlternativeAssign, 40},
    {"|=", Op::Update, 40},
    {"+=", Op::AddAssign, 40},
    {"-=", Op::SubtractAssign, 40},
    {"/=", Op::DivideAssign, 40},
    {"%=", Op::ModuloAssign, 40},
    {"==", Op::Equal, 40},
    {"!=", Op::NotEqual, 40},
    {"<=", Op::LessEqual, 40},
    {">=", Op::GreaterEqual, 40},
    {"<", Op::Less, 40},
    {">", Op::Greater, 40},
    {"=c", Op::Assign, 40},
    {"=", Op::Assign, 40},
    {"//", Op::Alternative, 41},
    {"+", Op::Add, 42},
    {"-", Op::Subtract, 42},
    {"*", Op::Multiply, 43},
    {"/", Op::Divide, 43},
    {"%", Op::Modulo, 43},
};

bool assigns(Op op) { return (op >= Op::Assign && op <= Op::AlternativeAssign) || op == Op::SetAttribute; }

class Parser {
 public:
  Parser(std::string_view text, std::string* error) : text_(text), error_(error) {}

  ExprPtr run() {
    blanks();
    if (at_ == text_.size()) return make(Op::Self);
    ExprPtr e = united();
    if (!e) return nullptr;
    blanks();
    if (at_ < text_.size()) {
      if (text_[at_] == ')' || text_[at_] == '}' || text_[at_] == ']') {
        const char* name = text_[at_] == ')'   ? "close brackets without matching opening bracket"
                           : text_[at_] == '}' ? "close collect object without matching opening bracket"
                                               : "close collect without matching opening bracket";
        return plain_fail(std::string("bad expression, got ") + name);
      }
      return unexpected();
    }
    return e;
  }

 private:
  ExprPtr plain_fail(const std::string& why) {
    if (error_->empty()) *error_ = why;
    return nullptr;
  }
  ExprPtr fail(const std::string& why) {
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at_; i++) text_[i] == '\n' ? (line++, column = 1) : column++;
    return plain_fail(std::to_string(line) + ":" + std::to_string(column) + ": " + why);
  }
  ExprPtr unexpected() {
    if (at_ >= text_.size()) return plain_fail("bad expression, please check expression syntax");
    std::string rest(text_.substr(at_, 20));
    return fail("invalid input text \"" + rest + (text_.size() - at_ > 20 ? "..." : "") + "\"");
  }

  void blanks() {
    while (at_ < text_.size()) {
      if (ascii_space(text_[at_])) at_++;
      else if (text_[at_] == '#') at_ = std::min(text_.find('\n', at_), text_.size());
      else break;
    }
  }
  bool is(std::string_view s) const { return text_.substr(at_).starts_with(s); }
  bool take(char c) {
    blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    at_++;
    return true;
  }
  std::string_view word() const {
    size_t end = at_;
    if (end < text_.size() && (name_start(text_[end]) || text_[end] == '@')) {
      end++;
      while (end < text_.size() && name_part(text_[end])) end++;
    }
    return text_.substr(at_, end - at_);
  }
  bool take_word(std::string_view w) {
    blanks();
    if (word() != w) return false;
    at_ += w.size();
    return true;
  }
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  ExprPtr deeper(ExprPtr (Parser::*part)()) {
    if (++depth_ > kDepth) return plain_fail("bad expression, it is nested too deeply");
    ExprPtr e = deep_call([&] { return (this->*part)(); });
    depth_--;
    return e;
  }

  // a, b, c
  ExprPtr united() {
    ExprPtr first = deeper(&Parser::logical);
    if (!first) return nullptr;
    blanks();
    if (peek() != ',') return first;
    ExprPtr all = make(Op::Union);
    all->args.push_back(std::move(first));
    while (take(',')) {
      ExprPtr e = deeper(&Parser::logical);
      if (!e) return nullptr;
      all->args.push_back(std::move(e));
      blanks();
    }
    return all;
  }

  ExprPtr logical() {
    ExprPtr e = piped();
    while (e) {
      Op op = take_word("and") ? Op::And : take_word("or") ? Op::Or : Op::Self;
      if (op == Op::Self) break;
      ExprPtr right = piped();
      if (!right) return nullptr;
      e = make(op, std::move(e), std::move(right));
    }
    return e;
  }

  // a | b | c; `a as $x | rest` takes all that follows.
  ExprPtr piped() {
    ExprPtr first = stage();
    if (!first) return nullptr;
    if (first->op == Op::Bind) return bind(std::move(first));
    blanks();
    if (peek() != '|' || peek(1) == '=') return first;
    ExprPtr all = make(Op::Pipe);
    all->args.push_back(std::move(first));
    while (blanks(), peek() == '|' && peek(1) != '=') {
      at_++;
      ExprPtr e = stage();
      if (!e) return nullptr;
      bool binds = e->op == Op::Bind;
      if (binds) e = bind(std::move(e));
      if (!e) return nullptr;
      all->args.push_back(std::move(e));
      if (binds) break;
    }
    return all;
  }

  ExprPtr bind(ExprPtr e) {
    blanks();
    if (!take('|')) return plain_fail("must use variable with a pipe, e.g. `exp as $x | ...`");
    ExprPtr body = deeper(&Parser::piped);
    if (!body) return nullptr;
    e->args.push_back(std::move(body));
    return e;
  }

  ExprPtr stage() {
    ExprPtr e = binary(40);
    if (!e) return nullptr;
    bool reference = take_word("ref");
    if (!reference && !take_word("as")) return e;
    std::string name;
    if (!variable(name)) return unexpected();
    if (take_word("ireduce")) return reduce(std::move(e), name);
    ExprPtr b = make(Op::Bind, name);
    b->reference = reference;
    b->args.push_back(std::move(e));
    return b;
  }

  // SOURCE as $x ireduce (INITIAL; STEP)
  ExprPtr reduce(ExprPtr source, const std::string& name) {
    if (!take('(')) return unexpected();
    ExprPtr initial = deeper(&Parser::united);
    if (!initial) return nullptr;
    if (!take(';')) return plain_fail("'ireduce' expects 2 args (initial value; block)");
    ExprPtr step = deeper(&Parser::united);
    if (!step) return nullptr;
    if (!take(')')) return unexpected();
    ExprPtr r = make(Op::Reduce, name);
    r->args.push_back(std::move(source));
    r->args.push_back(std::move(initial));
    r->args.push_back(std::move(step));
    return r;
  }

  bool variable(std::string& name) {
    blanks();
    if (peek() != '$') return false;
    at_++;
    name = word();
    at_ += name.size();
    return !name.empty();
  }

  const Binary* binary_operator() {
    blanks();
    for (const Binary& b : kBinary) {
      if (!is(b.text)) continue;
      if (b.text == "=c") {
        if (name_part(peek(2)) || peek(2) == '(') continue;
      }
      return &b;
    }
    return nullptr;
  }

  // head_comment = "x", style |= "double"
  bool attribute(std::string& name, bool& updating) {
    blanks();
    std::string_view w = word();
    static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"style", "style"},       {"tag", "tag"},          {"line_comment", "line"}, {"lineComment", "line"}, {"head_comment", "head"}, {"headComment", "head"},
        {"foot_comment", "foot"}, {"footComment", "foot"}, {"comments", "comments"}, {"anchor", "anchor"},    {"alias", "alias"},       {"type", "tag"}};
    for (auto& [word, to] : kNames) {
      if (word != w) continue;
      size_t i = at_ + w.size();
      while (i < text_.size() && ascii_space(text_[i])) i++;
      std::string_view rest = text_.substr(i);
      updating = rest.starts_with("|=");
      if (!updating && (!rest.starts_with('=') || rest.starts_with("=="))) return false;
      name = to;
      at_ = i + 1 + updating;
      if (!updating && is("c") && !name_part(peek(1))) at_++;
      return true;
    }
    return false;
  }

  void merge_flags(Merge& m) {
    while (true) {
      switch (peek()) {
        case '+': m.append = true; break;
        case 'd': m.deep = true; break;
        case '?': m.existing = true; break;
        case 'n': m.only_new = true; break;
        case 'c': m.clobber = true; break;
        default: return;
      }
      if (peek() != '+' && peek() != '?' && name_part(peek(1)) && std::string_view("dnc").find(peek(1)) == std::string_view::npos) return;
      at_++;
    }
  }

  ExprPtr binary(int least) {
    ExprPtr left = postfix();
    while (left) {
      std::string name;
      bool updating = false;
      if (least <= 40 && attribute(name, updating)) {
        ExprPtr right = deeper(&Parser::assigned);
        if (!right) return nullptr;
        left = make(Op::SetAttribute, std::move(left), std::move(right));
        left->text = name;
        left->updating = updating;
        continue;
      }
      const Binary* b = binary_operator();
      if (!b || b->precedence < least) break;
      Op op = b->op;
      size_t back = at_;
      at_ += b->text.size();
      Merge merge;
      if (op == Op::Multiply) {
        merge_flags(merge);
        if (peek() == '=' && peek(1) != '=') {
          if (least > 40) {
            at_ = back;
            break;
          }
          at_++;
          op = Op::MultiplyAssign;
        }
      }
      bool clobber = b->text == "=c" || (op == Op::Update && peek() == 'c' && !name_part(peek(1)));
      if (op == Op::Update && clobber) at_++;
      ExprPtr right = assigns(op) ? deeper(&Parser::assigned) : operand(b->precedence + 1);
      if (!right) {
        if (error_->empty() || at_ >= text_.size()) *error_ = "'" + std::string(b->text) + "' expects 2 args but there is 1";
        return nullptr;
      }
      left = make(op, std::move(left), std::move(right));
      left->merge = merge;
      left->merge.clobber |= clobber;
    }
    return left;
  }
  ExprPtr assigned() { return binary(40); }
  ExprPtr operand(int least) {
    if (++depth_ > kDepth) return plain_fail("bad expression, it is nested too deeply");
    ExprPtr e = deep_call([&] { return binary(least); });
    depth_--;
    return e;
  }

  ExprPtr postfix() {
    ExprPtr e = primary();
    while (e) {
      if (peek() == '.' && (peek(1) == '[' || peek(1) == '"' || (peek(1) != '.' && !ascii_space(peek(1)) && path_part(peek(1))))) {
        e = member(std::move(e));
      } else if (peek() == '[') {
        e = brackets(std::move(e));
      } else if (peek() == '?') {
        at_++;
        e->optional = true;
      } else {
        break;
      }
    }
    return e;
  }

  static bool path_part(char c) { return c != '\0' && !ascii_space(c) && std::string_view(";}{:[],|.()=!").find(c) == std::string_view::npos; }

  // .name ."name" .[...]
  ExprPtr member(ExprPtr from) {
    at_++;
    if (peek() == '[') return brackets(std::move(from));
    std::string name;
    ExprPtr computed;
    if (peek() == '"') {
      computed = text();
      if (!computed) return nullptr;
      if (computed->op == Op::Literal) {
        name = computed->text;
        computed = nullptr;
      }
    } else {
      while (path_part(peek())) name += text_[at_++];
      // `.a+=1`, `.a//=1`: the operator is not part of the name.
      if (peek() == '=' && peek(1) != '=')
        while (!name.empty() && std::string_view("+-*/%").find(name.back()) != std::string_view::npos) name.pop_back(), at_--;
    }
    bool optional = !computed && name.size() > 1 && name.back() == '?';
    if (optional) name.pop_back();
    ExprPtr e;
    if (computed) {
      e = make(Op::Index, std::move(from), std::move(computed));
    } else {
      e = make(Op::Field, name);
      e->args.push_back(std::move(from));
    }
    e->optional = optional;
    return e;
  }

  ExprPtr brackets(ExprPtr from) {
    at_++;
    blanks();
    if (take(']')) {
      ExprPtr e = make(Op::Index);
      e->args.push_back(std::move(from));
      return e;
    }
    ExprPtr first;
    if (peek() != ':') {
      first = deeper(&Parser::united);
      if (!first) return nullptr;
    }
    if (take(':')) {
      ExprPtr e = make(Op::Slice, std::move(from), std::move(first));
      blanks();
      if (peek() != ']') {
        ExprPtr last = deeper(&Parser::united);
        if (!last) return nullptr;
        e->args.push_back(std::move(last));
      } else {
        e->args.push_back(nullptr);
      }
      if (!take(']')) return plain_fail("bad expression - probably missing close bracket on []");
      return e;
    }
    if (!take(']')) return at_ >= text_.size() ? plain_fail("bad expression - probably missing close bracket on []") : unexpected();
    return make(Op::Index, std::move(from), std::move(first));
  }

  ExprPtr primary() {
    blanks();
    char c = peek();
    if (c == '\0') return plain_fail("bad expression, please check expression syntax");
    if (c == '.') return path();
    if (c == '"') return text();
    if (c == '[') return collect();
    if (c == '{') return object();
    if (c == '$') {
      std::string name;
      if (!variable(name)) return unexpected();
      return make(Op::Variable, name);
    }
    if (c == '(') {
      at_++;
      ExprPtr e = deeper(&Parser::united);
      if (!e) return nullptr;
      if (!take(')')) return at_ >= text_.size() ? plain_fail("bad expression - probably missing close bracket on ()") : unexpected();
      // `(a)[0]` is not `a[0]`, nor `(a)?` `a?`.
      ExprPtr all = make(Op::Pipe);
      all->args.push_back(std::move(e));
      return all;
    }
    if (ascii_digit(c) || (c == '-' && (ascii_digit(peek(1)) || peek(1) == '.'))) return number();
    if (c == '-') {
      at_++;
      ExprPtr e = operand(50);
      if (!e) return nullptr;
      ExprPtr n = make(Op::Negate);
      n->args.push_back(std::move(e));
      return n;
    }
    if (name_start(c) || c == '@') return called();
    return unexpected();
  }

  ExprPtr path() {
    if (is("...")) return at_ += 3, make(Op::RecurseKeys);
    if (is("..")) return at_ += 2, make(Op::Recurse);
    if (peek(1) == '[' || peek(1) == '"' || path_part(peek(1))) {
      char n = peek(1);
      // `. + 1`, `.*2`: wildcards apart, an operator right after a dot is none of its name.
      if (!(n == '*' && (peek(2) == ' ' || peek(2) == '.')) || n == '"' || n == '[') return member(make(Op::Self));
      at_++;
      return make(Op::Self);
    }
    at_++;
    return make(Op::Self);
  }

  ExprPtr number() {
    size_t from = at_;
    if (peek() == '-') at_++;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X' || peek(1) == 'o')) {
      at_ += 2;
      while (ascii_alnum(peek())) at_++;
    } else {
      while (ascii_digit(peek()) || (peek() == '.' && ascii_digit(peek(1)))) at_++;
      if ((peek() == 'e' || peek() == 'E') && (ascii_digit(peek(1)) || ((peek(1) == '-' || peek(1) == '+') && ascii_digit(peek(2))))) {
        at_ += 2;
        while (ascii_digit(peek())) at_++;
      }
    }
    std::string s(text_.substr(from, at_ - from));
    double d;
    if (!to_double(s, d)) return at_ = from, unexpected();
    int64_t i;
    return literal(to_int(s, i) ? "!!int" : "!!float", s);
  }

  // "text \(expression)"
  ExprPtr text() {
    at_++;
    std::string s;
    ExprPtr parts;
    while (true) {
      if (at_ >= text_.size()) return plain_fail("bad expression, unterminated string");
      char c = text_[at_++];
      if (c == '"') break;
      if (c != '\\' || at_ >= text_.size()) {
        s += c;
        continue;
      }
      c = text_[at_++];
      if (c == '(') {
        ExprPtr e = deeper(&Parser::united);
        if (!e) return nullptr;
        if (!take(')')) return unexpected();
        if (!parts) parts = make(Op::Text);
        parts->args.push_back(literal("!!str", std::move(s)));
        parts->args.push_back(std::move(e));
        s.clear();
      } else if (c == 'n') s += '\n';
      else if (c == 't') s += '\t';
      else if (c == 'r') s += '\r';
      else if (c == '"' || c == '\\') s += c;
      else if (c == 'u' && text_.size() - at_ >= 4) {
        utf8::append(s, static_cast<uint32_t>(std::strtoul(std::string(text_.substr(at_, 4)).c_str(), nullptr, 16)));
        at_ += 4;
      } else (s += '\\') += c;
    }
    ExprPtr last = literal("!!str", std::move(s));
    if (!parts) return last;
    parts->args.push_back(std::move(last));
    return parts;
  }

  ExprPtr collect() {
    at_++;
    ExprPtr e = make(Op::Collect);
    if (take(']')) return e;
    ExprPtr inner = deeper(&Parser::united);
    if (!inner) return nullptr;
    if (!take(']')) return at_ >= text_.size() ? plain_fail("bad expression - probably missing close bracket on []") : unexpected();
    e->args.push_back(std::move(inner));
    return e;
  }

  ExprPtr object() {
    at_++;
    ExprPtr e = make(Op::Object);
    if (take('}')) return e;
    do {
      blanks();
      ExprPtr key;
      std::string_view w = word();
      size_t i = at_ + w.size();
      while (i < text_.size() && (name_part(text_[i]) || text_[i] == '-' || text_[i] == '/')) i++;
      size_t colon = i;
      while (colon < text_.size() && ascii_space(text_[colon])) colon++;
      if (!w.empty() && colon < text_.size() && text_[colon] == ':') {
        key = literal("!!str", std::string(text_.substr(at_, i - at_)));
        at_ = i;
      } else {
        key = postfix();
      }
      if (!key) return nullptr;
      if (!take(':')) return at_ >= text_.size() ? plain_fail("bad expression - probably missing close bracket on {}") : unexpected();
      ExprPtr v = deeper(&Parser::logical);
      if (!v) return nullptr;
      e->args.push_back(std::move(key));
      e->args.push_back(std::move(v));
    } while (take(','));
    if (!take('}')) return at_ >= text_.size() ? plain_fail("bad expression - probably missing close bracket on {}") : unexpected();
    return e;
  }

  ExprPtr called() {
    std::string name(word());
    size_t from = at_;
    at_ += name.size();
    if (name == "true" || name == "false") return literal("!!bool", name);
    if (name == "null") return literal("!!null", name);
    if (name == "env" || name == "strenv" || (name == "envsubst" && peek() == '(')) return environment(name);
    const Function* f = find_function(name);
    if (!f) return at_ = from, unexpected();
    ExprPtr e = make(Op::Call, name);
    e->function = f;
    size_t back = at_;
    if (f->most > 0 && take('(')) {
      if (!arguments(*e)) return nullptr;
    } else {
      at_ = back;
    }
    int n = static_cast<int>(e->args.size());
    if (n < f->least)
      return plain_fail("'" + name + "' expects " + std::to_string(f->least) + " arg" + (f->least > 1 ? "s" : "") + " but received " +
                        (n ? std::to_string(n) : "none"));
    if (n > f->most) return plain_fail("'" + name + "' expects at most " + std::to_string(f->most) + " arg" + (f->most > 1 ? "s" : ""));
    return e;
  }

  bool arguments(Expr& e) {
    if (take(')')) return true;
    bool split_commas = e.function->most > 1;
    do {
      ExprPtr a = deeper(split_commas ? &Parser::logical : &Parser::united);
      if (!a) return false;
      e.args.push_back(std::move(a));
    } while (take(';') || (split_commas && take(',')));
    if (take(')')) return true;
    if (at_ >= text_.size()) plain_fail("bad expression - probably missing close bracket on ()");
    else unexpected();
    return false;
  }

  // env(NAME): the name is no expression.
  ExprPtr environment(const std::string& name) {
    if (!take('(')) return unexpected();
    size_t end = text_.find(')', at_);
    if (end == text_.npos) return plain_fail("bad expression - probably missing close bracket on ()");
    ExprPtr e = make(Op::Call, std::string(trimmed(text_.substr(at_, end - at_))));
    e->function = find_function(name);
    at_ = end + 1;
    return e;
  }

  std::string_view text_;
  std::string* error_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

ExprPtr parse_expression(std::string_view text, std::string* error) {
  error->clear();
  return Parser(text, error).run();
}

}  // namespace nacre::yq
