// Printing of redirections and here-documents.
#include "syntax/ansi_quote.h"
#include "syntax/chars.h"
#include "syntax/printer.h"

namespace nacre {
using namespace ast;

// The bodies of here-documents come after all redirections of the command, and
// in a connection after the connector too.
void Printer::redirections(Seq<Redirect> list, bool stderr_to_pipe) {
  std::vector<const Redirect*> documents;
  was_here_document_ = false;
  bool first = true;
  for (const Redirect& r : list) {
    if (!first) out_ += ' ';
    first = false;
    if (r.op == RedirOp::HereDoc) {
      here_document_header(r);
      documents.push_back(&r);
    } else {
      redirection(r);
    }
  }
  if (stderr_to_pipe) out_ += first ? "2>&1" : " 2>&1";
  if (documents.empty()) return;
  if (in_connection_) deferred_ = documents;
  else here_document_bodies(documents);
}

void Printer::descriptor(const Redirect& r, int standard) {
  if (!r.fd_var.empty()) {
    out_ += '{';
    out_ += r.fd_var;
    out_ += '}';
  } else if (r.fd >= 0 && r.fd != standard) {
    out_ += std::to_string(r.fd);
  }
}

void Printer::redirection(const Redirect& r) {
  std::string_view symbol;
  int standard = 1;
  switch (r.op) {
    case RedirOp::In:
      symbol = "< ";
      standard = 0;
      break;
    case RedirOp::Out: symbol = "> "; break;
    case RedirOp::Append: symbol = ">> "; break;
    case RedirOp::Clobber: symbol = ">| "; break;
    case RedirOp::HereString:
      symbol = "<<< ";
      standard = 0;
      break;
    case RedirOp::OutErr: symbol = "&> "; break;
    case RedirOp::AppendErr: symbol = "&>> "; break;
    case RedirOp::ReadWrite:
      symbol = "<> ";
      if (r.fd < 0 && r.fd_var.empty()) out_ += '0';
      break;
    case RedirOp::DupIn:
    case RedirOp::DupOut: return duplication(r);
    case RedirOp::HereDoc: return;
  }
  descriptor(r, standard);
  out_ += symbol;
  out_ += r.target->raw;
}

void Printer::duplication(const Redirect& r) {
  bool in = r.op == RedirOp::DupIn;
  int standard = in ? 0 : 1;
  std::string_view word = r.target->raw;
  std::string_view number = word;
  if (!number.empty() && number.back() == '-') number.remove_suffix(1);
  bool close = word == "-";
  bool moves = number.size() != word.size();
  // With a number the descriptor is always written.
  bool always = close || moves || is_number(number);
  descriptor(r, always ? -2 : standard);
  if (always && r.fd < 0 && r.fd_var.empty()) out_ += static_cast<char>('0' + standard);
  out_ += close ? ">&" : in ? "<&" : ">&";
  out_ += word;
}

void Printer::here_document_header(const Redirect& r) {
  descriptor(r, 0);
  out_ += r.strip_tabs ? "<<-" : "<<";
  if (r.delimiter_quoted) out_ += single_quoted(r.delimiter);
  else out_ += r.delimiter;
}

void Printer::here_document_bodies(const std::vector<const Redirect*>& list) {
  out_ += '\n';
  for (const Redirect* r : list) {
    if (r->target) out_ += r->target->raw;
    out_ += r->delimiter;
    out_ += '\n';
  }
  was_here_document_ = true;
}

// The bodies that waited for a connector, which has just been written.
void Printer::print_deferred(std::string_view connector) {
  if (deferred_.empty()) return;
  here_document_bodies(deferred_);
  if (!connector.empty() && connector != ";") out_ += ' ';
  deferred_.clear();
}

}  // namespace nacre
