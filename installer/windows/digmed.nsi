; setup.exe: for all users (/AllUsers) or one (/CurrentUser), silent with /S, with a task that sends every N minutes (/SYNC=N).
; The exit codes below are what administrators build on: README lists them, and a test compares the two lists.
Unicode true
Target amd64-unicode
!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include WinVer.nsh
!include x64.nsh

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\DigMedDesktop"
!define OWN "Software\${PROGRAM}"
!define RC_RUNNING 10
!define RC_NEWER 11
!define RC_WINDOWS 12
!define RC_SPACE 13
!define RC_FILES 14
!define RC_TASK 15

!define MULTIUSER_EXECUTIONLEVEL Highest
!define MULTIUSER_MUI
!define MULTIUSER_INSTALLMODE_COMMANDLINE
!define MULTIUSER_USE_PROGRAMFILES64
!define MULTIUSER_INSTALLMODE_INSTDIR "${PROGRAM}"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_KEY "${OWN}"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_VALUENAME "Folder"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_KEY "${OWN}"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_VALUENAME "Folder"
!include MultiUser.nsh

Name "${PROGRAM}"
OutFile "${OUT}"
SetCompressor ${COMPRESSOR}
!ifdef STORED
  SetCompress off
!endif
SetDateSave on
ManifestSupportedOS Win10
ManifestLongPathAware true
BrandingText "${PROGRAM} ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=2057 ProductName "${PROGRAM}"
VIAddVersionKey /LANG=2057 ProductVersion "${VERSION}"
VIAddVersionKey /LANG=2057 FileVersion "${VERSION}"
VIAddVersionKey /LANG=2057 FileDescription "Installs ${PROGRAM}"
VIAddVersionKey /LANG=2057 CompanyName "${PUBLISHER}"
VIAddVersionKey /LANG=2057 LegalCopyright "Apache-2.0"
!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEPAGE_TEXT "This installs ${PROGRAM} ${VERSION}.$\r$\n$\r$\nRecords belong to the Windows account that makes them. Use one Windows account for each counter: another account of this computer sees none of its records.$\r$\n$\r$\nRecords, settings and keys of an earlier version stay as they are."
!insertmacro MUI_PAGE_WELCOME
!insertmacro MULTIUSER_PAGE_INSTALLMODE
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_UNCONFIRMPAGE_TEXT_TOP "This removes the program. Records, settings, logs and keys stay: the register of emergency supplies must be kept for two years. To erase them, use the command 'digmed-desktop erase' before you remove the program."
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

!ifdef SIGN
  !finalize '"${SIGN}" "%1"' = 0
  !uninstfinalize '"${SIGN}" "%1"' = 0
!endif

Var Minutes
Var Asked

!macro Refuse CODE TEXT
  DetailPrint "${TEXT}"
  MessageBox MB_ICONSTOP|MB_OK "${TEXT}" /SD IDOK
  SetErrorLevel ${CODE}
  Quit
!macroend

; A program that runs holds its .exe open: it cannot be opened for writing. $0 is 1 then.
!macro Running NAME
  ${If} ${FileExists} "$INSTDIR\${NAME}"
    ClearErrors
    FileOpen $1 "$INSTDIR\${NAME}" a
    ${If} ${Errors}
      StrCpy $0 1
    ${Else}
      FileClose $1
    ${EndIf}
  ${EndIf}
!macroend

; The window is asked to close: it does so when no form is half typed. Then there is a minute of patience.
!macro RefuseWhileRunning
  StrCpy $2 0
  ${Do}
    StrCpy $0 0
    !insertmacro Running "${WINDOW_EXE}"
    !insertmacro Running "${CONSOLE_EXE}"
    ${If} $0 = 0
      ${ExitDo}
    ${EndIf}
    ${If} $2 = 0
      DetailPrint "Asking the open window to close."
      nsExec::Exec '"$INSTDIR\${CONSOLE_EXE}" close'
      Pop $3
      ${If} $3 != 0
        StrCpy $2 60
      ${EndIf}
    ${EndIf}
    ${If} $2 >= 60
      !insertmacro Refuse ${RC_RUNNING} "${PROGRAM} is open on this computer, and something in it is not finished. Close its window, then do this again. Nothing was changed."
    ${EndIf}
    IntOp $2 $2 + 1
    Sleep 1000
  ${Loop}
!macroend

Function .onInit
  SetRegView 64
  StrCpy $Asked $INSTDIR ; the folder of /D=, which the mode of installation would replace by its own
  !insertmacro MULTIUSER_INIT
  ReadRegStr $1 SHCTX "${OWN}" "Folder"
  ${If} $Asked != ""
  ${AndIf} $1 == ""
    StrCpy $INSTDIR $Asked
  ${EndIf}
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/SYNC=" $Minutes
  ${If} ${Errors}
    StrCpy $Minutes ""
  ${EndIf}
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    !insertmacro Refuse ${RC_WINDOWS} "${PROGRAM} needs 64-bit Windows 10 or later. Nothing was changed."
  ${EndIf}
  ReadRegStr $1 SHCTX "${KEY}" "DisplayVersion"
  ${If} $1 != ""
    ${VersionCompare} "$1" "${VERSION}" $2
    ${If} $2 = 1
      !insertmacro Refuse ${RC_NEWER} "A newer version of ${PROGRAM} ($1) is installed, and ${VERSION} could not open its records. Nothing was changed."
    ${EndIf}
  ${EndIf}
FunctionEnd

Function un.onInit
  SetRegView 64
  !insertmacro MULTIUSER_UNINIT
FunctionEnd

Section "install"
  !insertmacro RefuseWhileRunning
  ${GetRoot} "$INSTDIR" $0
  ${DriveSpace} "$0\" "/D=F /S=M" $1
  ${If} $1 < ${NEEDS_MB}
    !insertmacro Refuse ${RC_SPACE} "There is too little room on drive $0: ${NEEDS_MB} MB are needed, $1 MB are free. Nothing was changed."
  ${EndIf}
  ; All is unpacked beside what is there, then changes places: what fails half-way leaves the version before as it was.
  RMDir /r "$INSTDIR\unfinished"
  RMDir /r "$INSTDIR\before"
  SetOutPath "$INSTDIR\unfinished"
  ClearErrors
  File /r "${PAYLOAD}/*"
  ${If} ${Errors}
    SetOutPath "$TEMP"
    RMDir /r "$INSTDIR\unfinished"
    !insertmacro Refuse ${RC_FILES} "The program's files could not be written. The version before is as it was."
  ${EndIf}
  SetOutPath "$INSTDIR"
  CreateDirectory "$INSTDIR\before"
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\python\*.*"
    Rename "$INSTDIR\python" "$INSTDIR\before\python"
    Rename "$INSTDIR\app" "$INSTDIR\before\app"
  ${EndIf}
  ${IfNot} ${Errors}
    Rename "$INSTDIR\unfinished\python" "$INSTDIR\python"
    Rename "$INSTDIR\unfinished\app" "$INSTDIR\app"
  ${EndIf}
  ${If} ${Errors}
    ${If} ${FileExists} "$INSTDIR\before\python\*.*"
      RMDir /r "$INSTDIR\python"
      Rename "$INSTDIR\before\python" "$INSTDIR\python"
    ${EndIf}
    ${If} ${FileExists} "$INSTDIR\before\app\*.*"
      RMDir /r "$INSTDIR\app"
      Rename "$INSTDIR\before\app" "$INSTDIR\app"
    ${EndIf}
    RMDir /r "$INSTDIR\unfinished"
    RMDir "$INSTDIR\before"
    !insertmacro Refuse ${RC_FILES} "The program's files are in use. Restart the computer and do this again. The version before is as it was."
  ${EndIf}
  CopyFiles /SILENT "$INSTDIR\unfinished\*.*" "$INSTDIR"
  RMDir /r "$INSTDIR\unfinished"
  RMDir /r "$INSTDIR\before"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  WriteRegStr SHCTX "${OWN}" "Folder" "$INSTDIR"
  WriteRegStr SHCTX "${KEY}" "DisplayName" "${PROGRAM}"
  WriteRegStr SHCTX "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${KEY}" "DisplayIcon" "$INSTDIR\${WINDOW_EXE}"
  WriteRegStr SHCTX "${KEY}" "Publisher" "${PUBLISHER}"
  WriteRegStr SHCTX "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode'
  WriteRegStr SHCTX "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode /S'
  WriteRegDWORD SHCTX "${KEY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD SHCTX "${KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${KEY}" "NoRepair" 1
  CreateShortcut "$SMPROGRAMS\${PROGRAM}.lnk" "$INSTDIR\${WINDOW_EXE}"
  CreateShortcut "$SMPROGRAMS\${PROGRAM} practice mode.lnk" "$INSTDIR\${WINDOW_EXE}" "--demo"
  ; An ending of its own for a record, and "Open with" for .json, which belongs to everybody.
  WriteRegStr SHCTX "Software\Classes\.digmedrecord" "" "DigMedDesktop.Record"
  WriteRegStr SHCTX "Software\Classes\.json\OpenWithProgids" "DigMedDesktop.Record" ""
  WriteRegStr SHCTX "Software\Classes\DigMedDesktop.Record" "" "${PROGRAM} record"
  WriteRegStr SHCTX "Software\Classes\DigMedDesktop.Record\DefaultIcon" "" "$INSTDIR\${WINDOW_EXE},0"
  WriteRegStr SHCTX "Software\Classes\DigMedDesktop.Record\shell\open\command" "" '"$INSTDIR\${WINDOW_EXE}" open "%1"'
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  ${If} $Minutes != ""
    nsExec::Exec '"$INSTDIR\${CONSOLE_EXE}" schedule $Minutes'
    Pop $0
    ${If} $0 != 0
      DetailPrint "The program is installed. The task that sends every $Minutes minutes could not be made."
      SetErrorLevel ${RC_TASK}
    ${EndIf}
  ${EndIf}
SectionEnd

Section "Uninstall"
  !insertmacro RefuseWhileRunning
  nsExec::Exec '"$INSTDIR\${CONSOLE_EXE}" schedule --remove'
  Pop $0
  RMDir /r "$INSTDIR\python"
  RMDir /r "$INSTDIR\app"
  Delete "$INSTDIR\${WINDOW_EXE}"
  Delete "$INSTDIR\${CONSOLE_EXE}"
  Delete "$INSTDIR\NOTICE.txt"
  Delete "$INSTDIR\sbom.cdx.json"
  Delete "$INSTDIR\manifest.sha256"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${PROGRAM}.lnk"
  Delete "$SMPROGRAMS\${PROGRAM} practice mode.lnk"
  DeleteRegValue SHCTX "Software\Classes\.json\OpenWithProgids" "DigMedDesktop.Record"
  DeleteRegKey SHCTX "Software\Classes\.digmedrecord"
  DeleteRegKey SHCTX "Software\Classes\DigMedDesktop.Record"
  DeleteRegKey SHCTX "${KEY}"
  DeleteRegKey SHCTX "${OWN}"
SectionEnd
