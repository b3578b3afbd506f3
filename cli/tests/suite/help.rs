//! Help, manual pages and completions.
use crate::tool::{Tool, stdout};

const COMMANDS: [&str; 15] = [
    "init",
    "run",
    "compare",
    "plan",
    "sweep",
    "check",
    "report",
    "diff",
    "policy",
    "calibrate",
    "facts",
    "schema",
    "examples",
    "completions",
    "man",
];

// Goal: the help of every command says what it does, how it is called and gives examples.
// Method: look for these parts; short help must be much shorter than the long one.
#[test]
fn help_of_every_command_has_its_parts() {
    let tool = Tool::new();
    for command in COMMANDS {
        let long = stdout(&tool.run(&format!("{command} --help"), 0));
        let short = stdout(&tool.run(&format!("{command} -h"), 0));
        for part in [
            &format!("Usage: keystorm {command}"),
            "Options:",
            "Examples:\n  keystorm ",
        ] {
            assert!(
                long.contains(part),
                "{command} --help lacks {part}:\n{long}"
            );
        }
        assert!(
            !short.contains("Examples:"),
            "{command} -h is as long as --help:\n{short}"
        );
        let widest = long.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= 100, "{command} --help is {widest} columns wide");
    }
}

// Goal: what can end a command is written where people look for it.
// Method: the exit codes in the long help of keystorm and of the commands that have several.
#[test]
fn exit_codes_are_in_the_help() {
    let tool = Tool::new();
    for (arguments, codes) in [
        ("--help", &["0", "1", "2", "10", "11", "12", "130"][..]),
        ("init --help", &["0", "1", "2"]),
        ("examples --help", &["0", "1", "2"]),
        ("run --help", &["0", "1", "2", "10", "130"]),
        ("compare --help", &["0", "1", "2", "10", "130"]),
        ("plan --help", &["0", "1", "2", "10", "130"]),
        ("sweep --help", &["0", "1", "2", "12", "130"]),
        ("sweep prepare --help", &["0", "1", "2", "130"]),
        ("sweep run --help", &["0", "1", "2", "130"]),
        ("sweep template --help", &["0", "1", "2"]),
        ("sweep merge --help", &["0", "1", "2", "12", "130"]),
        ("check --help", &["0", "2"]),
        ("report --help", &["0", "1", "2"]),
        ("diff --help", &["0", "1", "2", "10", "11", "12"]),
        ("policy --help", &["0", "1", "2", "10"]),
        ("calibrate --help", &["0", "1", "2", "12"]),
    ] {
        let help = stdout(&tool.run(arguments, 0));
        let (_, listed) = help.split_once("Exit codes:").unwrap();
        for code in codes {
            assert!(
                listed.contains(&format!("\n  {code} ")),
                "{arguments} lacks {code}:\n{help}"
            );
        }
    }
}

// Goal: every command has a manual page, as `man keystorm` lists them.
// Method: write all pages; one for each command with its name, and keystorm's own; none more.
#[test]
fn every_command_has_a_manual_page() {
    let tool = Tool::new();
    tool.run("man --all pages/man1", 0);
    let own = tool.text("pages/man1/keystorm.1");
    for command in COMMANDS {
        let page = tool.text(&format!("pages/man1/keystorm-{command}.1"));
        assert!(
            page.contains(&format!(".TH keystorm-{command} 1")),
            "{page}"
        );
        assert_eq!(page, stdout(&tool.run(&format!("man {command}"), 0)));
        assert!(own.contains(&format!("keystorm\\-{command}")), "{command}");
    }
    let count = std::fs::read_dir(tool.path("pages/man1")).unwrap().count();
    assert_eq!(count, COMMANDS.len() + 1);
}

// Goal: shells accept the scripts that complete commands.
// Method: each shell that is installed reads its script without running it; every command is in it.
#[test]
fn completions_are_scripts_of_their_shell() {
    let tool = Tool::new();
    let mut read = 0;
    for shell in ["bash", "fish", "zsh"] {
        let script = stdout(&tool.run(&format!("completions {shell}"), 0));
        for command in COMMANDS {
            assert!(script.contains(command), "{shell} lacks {command}");
        }
        tool.put(shell, &script);
        let mut reader = std::process::Command::new(shell);
        let path = tool.path(shell);
        if let Ok(output) = reader.arg("-n").arg(path).output() {
            assert!(
                output.status.success(),
                "{shell}: {}",
                crate::tool::stderr(&output)
            );
            read += 1;
        }
    }
    assert!(read >= 1, "no shell to read a script with");
}

// Goal: manual pages and completions come from the same definition.
// Method: look for a flag of `run` in each.
#[test]
fn manual_and_completions_know_the_flags() {
    let tool = Tool::new();
    let page = stdout(&tool.run("man run", 0));
    assert!(
        page.contains(".TH keystorm-run 1") && page.contains(r"\-\-requests\-max"),
        "{page}"
    );
    assert!(stdout(&tool.run("man", 0)).contains("keystorm\\-run"));
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(&tool.run(&format!("completions {shell}"), 0));
        assert!(script.contains("requests-max"), "{shell}");
    }
}

// Goal: a word that is not known gets the words that are.
// Method: a command, a value and an example that do not exist.
#[test]
fn unknown_words_are_answered_with_known_ones() {
    let tool = Tool::new();
    for (arguments, answer) in [
        (
            "man runn",
            "expected one of init, run, compare, plan, sweep, check",
        ),
        (
            "schema scenarios",
            "possible values: scenario, record, plan, sweep, metrics",
        ),
        ("examples quickstar", "client-side-cpu-bound, "),
        ("run quickstart.toml --requests-maxx 1", "--requests-max"),
    ] {
        let output = tool.run(arguments, 2);
        let text = crate::tool::stderr(&output);
        assert!(text.contains(answer), "{arguments}: {text}");
        assert!(output.stdout.is_empty());
    }
}
